package io.weir.app.answer;

import io.weir.engine.LimitUsage;
import org.jspecify.annotations.Nullable;

/**
 * A limit as clients are told of it.
 *
 * @param rule the rule's name
 * @param window the limit's name
 * @param windowMs the window's nominal length in ms
 * @param limit hits per window in force
 * @param current hits used in the current window; may exceed the limit
 * @param remaining hits left, at least 0
 * @param resetAt epoch milliseconds at which the current window ends; 0 when not known
 * @param waitMs milliseconds until there is room again; 0 where there is
 */
public record LimitView(
        String rule,
        String window,
        long windowMs,
        long limit,
        long current,
        long remaining,
        long resetAt,
        long waitMs) {

    static LimitView of(LimitUsage usage) {
        return new LimitView(
                usage.rule(),
                usage.window(),
                usage.windowMs(),
                usage.limit(),
                Math.max(0, usage.limit() - usage.remaining()),
                usage.remaining(),
                usage.resetAt(),
                usage.waitMs());
    }

    /** What templates call {@code name}, or null where there is no such thing or it is not known. */
    @Nullable
    Object named(String name, long now) {
        return switch (name) {
            case "rule" -> rule;
            case "window" -> window;
            case "windowMs" -> windowMs;
            case "limit" -> limit;
            case "current" -> current;
            case "remaining" -> remaining;
            case "resetAt" -> resetAt == 0 ? null : Seconds.up(resetAt);
            case "resetIn" -> resetAt == 0 ? null : Seconds.until(resetAt, now);
            case "exhausted" -> waitMs > 0;
            default -> null;
        };
    }
}
