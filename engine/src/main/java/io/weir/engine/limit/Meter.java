package io.weir.engine.limit;

/**
 * How one limit counts: pure arithmetic over the retained {@link Windows}, in hits and epoch milliseconds of event time.
 *
 * <p>{@code limit} and {@code burst} are arguments because they follow the plan and the entities of the request while
 * the usage stays. Meters hold no state and may be shared by threads; the windows may not.
 */
public sealed interface Meter permits FixedMeter, FirstHitMeter, SlidingMeter, BucketMeter {

    /** Whether the window of an event at {@code time} is still known; if not, the event is too late to be counted. */
    boolean retains(Windows windows, long time);

    /** Hits consumed as seen by an event at {@code time}. */
    long consumed(Windows windows, long limit, long time);

    /** Whether {@code hits} more fit at {@code time}. */
    default boolean hasRoom(Windows windows, long limit, long burst, long hits, long time) {
        return add(consumed(windows, limit, time), hits) <= limit;
    }

    /** Counts {@code hits} at {@code time}, whether or not they fit; returns the index of the window they went to. */
    int charge(Windows windows, long limit, long hits, long time);

    /** Takes back {@code hits} that were charged at {@code time}, if their window is retained. */
    void refund(Windows windows, long limit, long hits, long time);

    /** Hits that still fit at {@code time}, at least 0. */
    default long remaining(Windows windows, long limit, long burst, long time) {
        return Math.max(0, limit - consumed(windows, limit, time));
    }

    /**
     * Milliseconds after {@code time} until {@code hits} would fit if nothing else were charged; 0 when they fit now. A
     * request that can never fit (more hits than the limit) is told the end of its window, when the limit may be another.
     */
    long waitMs(Windows windows, long limit, long burst, long hits, long time);

    /** Epoch ms at which the window of {@code time} ends; for a bucket, at which it will be full. */
    long resetAt(Windows windows, long limit, long time);

    /** Where the window at that index ends, in epoch ms; for a bucket, when its last hit came. */
    long end(Windows windows, int index);

    /** Epoch ms after which what was charged at {@code time} can no longer matter to an event in time. */
    long relevantUntil(Windows windows, long limit, long time);

    /** Adds without wrapping around: a counter that is full stays full. */
    static long add(long a, long b) {
        long sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0 ? Long.MAX_VALUE : sum;
    }
}
