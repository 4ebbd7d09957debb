package io.weir.engine.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an edge answers.
 *
 * @param fields header fields that every answer carries beside those of its response
 * @param problems whether denials without a body of their own have an RFC 9457 problem as body
 */
public record Responses(Response allowed, Response throttled, Response blocked, List<Fields> fields, boolean problems) {
    /** 200 with nothing added; 429; 403. */
    public static final Responses DEFAULT = new Responses(
            new Response(200, null, Map.of(), null, null),
            new Response(429, null, Map.of(), null, null),
            new Response(403, null, Map.of(), null, null),
            List.of(),
            false);

    public Responses {
        fields = List.copyOf(fields);
    }

    /** Sets of header fields that tell limits. */
    public enum Fields {
        /** {@code RateLimit-Policy} and {@code RateLimit}, as draft-ietf-httpapi-ratelimit-headers-11 says. */
        IETF,
        /** {@code X-RateLimit-Limit}, {@code X-RateLimit-Remaining}, {@code X-RateLimit-Reset} in epoch seconds. */
        CLASSIC
    }

    /**
     * One answer.
     *
     * @param status HTTP status, 200 to 599
     * @param reason the status line's reason phrase, or null for the standard one
     * @param headers templates by header name, in the policy's order
     * @param body template, or null for none
     * @param contentType or null for none
     */
    public record Response(
            int status,
            @Nullable String reason,
            Map<String, String> headers,
            @Nullable String body,
            @Nullable String contentType) {
        public Response {
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
    }
}
