package io.weir.edge.local;

import java.util.function.LongSupplier;

/**
 * How one limit is counted at an edge: what was admitted here, and what the enforcers said that others have consumed, in
 * one slot of a {@link UsageTable}. Counts agree with the engine's meters as long as nobody else consumes.
 *
 * <p>{@link #free}, {@link #charge} and {@link #undo} may be called by any thread, {@link #fed} by the feeding one,
 * {@link #learn} by the one that reads replies. None of them waits.
 */
abstract sealed class Counter permits WindowCounter, BucketCounter, FirstHitCounter {
    /** What {@link #free} returns for an event that is older than what is kept. */
    static final long LATE = Long.MIN_VALUE;

    /** A slot for the key, a new one where there is none. */
    abstract int slot(UsageTable table, long key, LongSupplier clock, long time);

    /** Hits that still fit at {@code time}; negative when more than the limit are consumed; {@link #LATE}. */
    abstract long free(UsageTable table, int slot, long limit, long burst, long time);

    /** The earliest time after {@code time} that may not be {@link #LATE}. */
    abstract long later(UsageTable table, int slot, long time);

    /**
     * Counts hits.
     *
     * @param forced whether to count them also where they don't fit
     * @return whether they were counted
     */
    abstract boolean charge(UsageTable table, int slot, long limit, long burst, long hits, long time, boolean forced);

    /** Takes back hits that were charged at that time. */
    abstract void undo(UsageTable table, int slot, long hits, long time);

    /** Milliseconds until {@code hits} would fit if nothing else were charged, at least 1 when they don't now. */
    abstract long waitMs(UsageTable table, int slot, long limit, long burst, long hits, long time);

    /** Epoch ms at which the window of {@code time} ends; for a bucket, at which it is full. */
    abstract long resetAt(UsageTable table, int slot, long limit, long time);

    /** Notes that hits counted here have been fed to the enforcers; returns what to {@link #learn} by. */
    abstract Mark fed(UsageTable table, int slot, long limit, long hits, long time);

    /**
     * Takes over what the enforcers know.
     *
     * @param mark what had been fed when the event was that they answer
     * @param limit hits per window in force for that event
     * @param remaining what they said was left after it
     * @param resetAt when they said its window ends
     */
    abstract void learn(UsageTable table, int slot, Mark mark, long limit, long burst, long remaining, long resetAt);

    /**
     * What had been fed up to an event.
     *
     * @param time of the event, epoch ms
     * @param fed a counter's own number
     * @param before a counter's own number
     */
    record Mark(long time, long fed, long before) {}
}
