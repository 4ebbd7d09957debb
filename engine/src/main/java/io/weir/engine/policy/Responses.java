package io.weir.engine.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an edge answers. */
public record Responses(Response allowed, Response throttled, Response blocked) {
    /** 200 with nothing added; 429; 403. */
    public static final Responses DEFAULT = new Responses(
            new Response(200, null, Map.of(), null, null),
            new Response(429, null, Map.of(), null, null),
            new Response(403, null, Map.of(), null, null));

    /**
     * One answer.
     *
     * @param status HTTP status, 100 to 599
     * @param reason the status line's reason phrase, or null for the standard one
     * @param headers templates by header name
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
            headers = Map.copyOf(headers);
        }
    }
}
