package io.weir.app.answer;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.policy.Limit;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The header fields that tell limits: {@code RateLimit-Policy: "minute";q=60;w=60} and {@code RateLimit: "minute";r=12;t=30} of
 * draft-ietf-httpapi-ratelimit-headers-11, and the older {@code X-RateLimit-*}.
 *
 * <p>A limit is called by its name, or {@code rule.limit} where several rules of the policy have limits of that name, so that
 * what a client sees does not change from request to request.
 */
final class RateLimitFields {
    private static final long MAX_INTEGER = 999_999_999_999_999L;

    private final Set<String> shared;

    RateLimitFields(Policy policy) {
        Map<String, Set<String>> rules = new HashMap<>();
        for (Rule rule : policy.rules()) {
            for (Limit limit : rule.limits()) {
                rules.computeIfAbsent(limit.name(), name -> new HashSet<>()).add(rule.name());
            }
        }
        this.shared = rules.entrySet().stream()
                .filter(each -> each.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    void ietf(Decision decision, Map<String, String> headers) {
        if (decision.limits().isEmpty()) {
            return;
        }
        List<LimitUsage> limits = new ArrayList<>(decision.limits());
        limits.sort(Comparator.comparing(limit -> !limit.exhausted()));
        headers.put("RateLimit-Policy", limits.stream().map(this::policy).collect(Collectors.joining(", ")));
        headers.put(
                "RateLimit",
                limits.stream().map(limit -> state(limit, decision.timestamp())).collect(Collectors.joining(", ")));
    }

    private String policy(LimitUsage limit) {
        String quota = quoted(name(limit)) + ";q=" + integer(limit.limit());
        return limit.windowMs() < 1_000 ? quota : quota + ";w=" + integer(Seconds.up(limit.windowMs()));
    }

    private String state(LimitUsage limit, long now) {
        long seconds = limit.exhausted() ? Seconds.up(limit.waitMs()) : Seconds.until(limit.resetAt(), now);
        return quoted(name(limit)) + ";r=" + integer(limit.remaining()) + ";t=" + integer(seconds);
    }

    static void classic(Decision decision, Map<String, String> headers) {
        LimitUsage binding = decision.binding();
        if (binding != null) {
            headers.put("X-RateLimit-Limit", Long.toString(binding.limit()));
            headers.put("X-RateLimit-Remaining", Long.toString(binding.remaining()));
            headers.put("X-RateLimit-Reset", Long.toString(Seconds.up(binding.resetAt())));
        }
    }

    /** The names of the limits that denied, the binding one first; of the block or list, where it was that. */
    List<String> violated(Decision decision) {
        List<String> names = decision.limits().stream()
                .filter(LimitUsage::exhausted)
                .map(this::name)
                .distinct()
                .toList();
        if (!names.isEmpty()) {
            return names;
        }
        LimitUsage binding = decision.binding();
        return binding != null
                ? List.of(name(binding))
                : decision.rule() == null ? List.of() : List.of(decision.rule());
    }

    private String name(LimitUsage limit) {
        return shared.contains(limit.window()) ? limit.rule() + "." + limit.window() : limit.window();
    }

    /** A string of structured fields, which are printable ASCII. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            quoted.append(c < 0x20 || c > 0x7e ? '?' : c);
        }
        return quoted.append('"').toString();
    }

    private static long integer(long value) {
        return Math.min(value, MAX_INTEGER);
    }
}
