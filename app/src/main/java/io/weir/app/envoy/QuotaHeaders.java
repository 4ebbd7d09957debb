package io.weir.app.envoy;

import io.weir.app.answer.Answering.Answered;
import io.weir.app.answer.Seconds;
import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The headers that Envoy adds to a client's response: {@code x-ratelimit-limit: 60, 60;w=60;name="per-token.minute"},
 * {@code -remaining} and {@code -reset} in seconds, of the third draft of RateLimit headers and as Envoy's filter itself writes
 * them, {@code retry-after} on a denial, and in their place those that the policy has of these names.
 */
final class QuotaHeaders {
    private QuotaHeaders() {}

    /** @param leading the one of them that the client is told of */
    static Map<String, String> of(List<Answered> answered, Answered leading) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Decision decision = leading.decision();
        LimitUsage binding = decision.binding();
        if (binding != null) {
            headers.put("x-ratelimit-limit", binding.limit() + quotas(answered));
            headers.put("x-ratelimit-remaining", Long.toString(binding.remaining()));
            headers.put("x-ratelimit-reset", Long.toString(Seconds.until(binding.resetAt(), decision.timestamp())));
        }
        if (!leading.passes() && decision.retryAfterMs() > 0) {
            headers.put("retry-after", Long.toString(Seconds.up(decision.retryAfterMs())));
        }
        leading.answer().headers().forEach((name, value) -> {
            // Removed first, for the policy's spelling of the name.
            headers.remove(name);
            headers.put(name, value);
        });
        return headers;
    }

    private static String quotas(List<Answered> answered) {
        StringBuilder text = new StringBuilder();
        for (Answered each : answered) {
            for (LimitUsage limit : each.decision().limits()) {
                if (limit.windowMs() >= 1_000) {
                    text.append(", ").append(limit.limit()).append(";w=").append(limit.windowMs() / 1_000);
                    text.append(";name=\"").append(name(limit)).append('"');
                }
            }
        }
        return text.toString();
    }

    private static String name(LimitUsage limit) {
        String name = limit.rule() + "." + limit.window();
        return name.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "?");
    }
}
