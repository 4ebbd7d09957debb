package io.weir.engine.decide;

import io.weir.engine.Decision;
import org.jspecify.annotations.Nullable;

/**
 * What a visit remembers of a request id where the policy deduplicates.
 *
 * @param timestamp event time in ms of the request
 * @param decision the answer if this visit gave it; null if the request went on to another subject
 */
public record Remembered(long timestamp, @Nullable Decision decision) {}
