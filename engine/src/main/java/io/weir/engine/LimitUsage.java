package io.weir.engine;

/**
 * A limit and how much of it is left after a decision.
 *
 * @param rule the rule's name
 * @param window the limit's name, by default its window's unit text ({@code minute}, {@code 12 minutes})
 * @param windowMs the window's nominal length in ms
 * @param limit hits per window in force for this request
 * @param remaining hits left after this decision, at least 0
 * @param resetAt epoch milliseconds at which the current window ends (bucket: at which it is full again)
 * @param waitMs milliseconds until the limit has room for an equal request; 0 when it had, also in shadow mode
 */
public record LimitUsage(
        String rule, String window, long windowMs, long limit, long remaining, long resetAt, long waitMs) {

    /** Whether this limit denied the request. */
    public boolean exhausted() {
        return waitMs > 0;
    }
}
