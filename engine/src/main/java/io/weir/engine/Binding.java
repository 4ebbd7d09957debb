package io.weir.engine;

/**
 * The limit that binds a decision: when denied, the exhausted limit with the longest wait; when allowed, the limit with
 * the fewest hits remaining (tie: the shorter window).
 *
 * @param rule the rule's name
 * @param window the limit's name, by default its window's unit text ({@code minute}, {@code 12 minutes})
 * @param limit hits per window in force for this request
 * @param remaining hits left after this decision, at least 0
 * @param resetAt epoch milliseconds at which the current window ends (bucket: at which it is full again)
 */
public record Binding(String rule, String window, long limit, long remaining, long resetAt) {}
