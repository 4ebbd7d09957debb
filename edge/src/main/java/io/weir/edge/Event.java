package io.weir.edge;

import io.weir.engine.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to the feed.
 *
 * @param waiting who awaits its decision, or null where nobody does
 */
record Event(Request request, Awaited.@Nullable Waiting waiting) {}
