package io.weir.engine.policy;

import org.jspecify.annotations.Nullable;

/**
 * A path that an edge answers with current usage.
 *
 * @param body template
 */
public record UsageEndpoint(
        String path, String body, @Nullable String contentType) {}
