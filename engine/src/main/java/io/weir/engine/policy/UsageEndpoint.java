package io.weir.engine.policy;

import org.jspecify.annotations.Nullable;

/**
 * A path that an edge answers with current usage.
 *
 * @param body template
 * @param counted whether asking is itself counted as a request ({@code counted: true})
 */
public record UsageEndpoint(
        String path, String body, @Nullable String contentType, boolean counted) {}
