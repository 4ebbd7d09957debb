package io.weir.engine.decide;

import java.util.List;

/**
 * How much of one limit a quota key has used in the window of the time asked for.
 *
 * @param key {@code attribute=value} of each key attribute
 * @param window the limit's name, by default its window's unit text ({@code minute}, {@code 12 minutes})
 * @param windowMs the window's nominal length in ms
 * @param limit hits per window in force for the identity
 * @param current hits consumed, more than {@code limit} where reports took it there or a plan got smaller
 * @param remaining hits left, at least 0
 * @param resetAt epoch milliseconds at which the window ends (bucket: at which it is full again)
 * @param shadow whether the rule only says what it would do
 */
public record CurrentUsage(
        String rule,
        List<String> key,
        String window,
        long windowMs,
        long limit,
        long current,
        long remaining,
        long resetAt,
        boolean shadow) {
    public CurrentUsage {
        key = List.copyOf(key);
    }
}
