package io.weir.topology;

import org.jspecify.annotations.Nullable;

/**
 * How far an event's timestamp may be from the time at which the log appended it, in ms; 0 is any distance. Without bounds
 * replayed logs of any year are decided, and a wild timestamp costs one entry that lives a little longer.
 *
 * @param aheadMs how far ahead, such as 60,000 for gateways whose clocks are right within a minute
 * @param ageMs how far behind
 */
public record TimeBounds(long aheadMs, long ageMs) {
    /** Any time will do. */
    public static final TimeBounds NONE = new TimeBounds(0, 0);

    /** Says why an event is too old or too far ahead, or null when it is neither. */
    @Nullable
    String refuse(long timestamp, long appended) {
        if (aheadMs > 0 && timestamp - appended > aheadMs) {
            return "timestamp " + timestamp + " is too far ahead: expected at most " + aheadMs + " ms after " + appended
                    + ", when the log took it";
        }
        if (ageMs > 0 && appended - timestamp > ageMs) {
            return "timestamp " + timestamp + " is too old: expected at most " + ageMs + " ms before " + appended
                    + ", when the log took it";
        }
        return null;
    }
}
