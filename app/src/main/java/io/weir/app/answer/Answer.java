package io.weir.app.answer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client is to be told. Of a request that passes only the headers count: they are added to the upstream's answer.
 *
 * @param status HTTP status
 * @param reason the status line's reason phrase, or null for the standard one
 * @param headers by name, in order, {@code Content-Type} included; {@code Content-Length} not
 * @param body perhaps empty
 */
public record Answer(int status, @Nullable String reason, Map<String, String> headers, String body) {
    public Answer {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
}
