package io.weir.edge.local;

/**
 * How one limit is counted at an edge: what was admitted here, and what the enforcers said that others have consumed, in
 * one slot of a {@link UsageTable}. Counts agree with the engine's meters as long as nobody else consumes.
 *
 * <p>{@link #look}, {@link #charge} and {@link #undo} may be called by any thread, {@link #fed} and {@link #mark} by the
 * feeding one, {@link #learn} by the one that reads replies. None of them waits.
 */
abstract sealed class Counter permits WindowCounter, BucketCounter, FirstHitCounter {
    private static final long MAX_SLICE_MS = 1_000;
    private static final long SLICES = 16;

    /** What the count of a new slot is to be: as here, when it is over, where a box beside the slot has the rest. */
    long newCount(long time) {
        return time;
    }

    /** What the notes of a new slot are to be. */
    long newNote(long time) {
        return 0;
    }

    /** Epoch ms at which what is in a slot matters no more, as of {@code now}. */
    long until(UsageTable table, int slot, long now) {
        return table.count(slot);
    }

    /**
     * Finds out what is left at {@code time}.
     *
     * @return {@code time}, or the earliest later time for which usage is known: what was before it is forgotten
     */
    abstract long look(UsageTable table, Use use, long time);

    /**
     * Counts the hits of a use that was looked at.
     *
     * @param forced whether to count them also where they don't fit
     * @return whether they were counted
     */
    abstract boolean charge(UsageTable table, Use use, long time, boolean forced);

    /** Takes back hits that were charged at that time. */
    abstract void undo(UsageTable table, Use use, long time);

    /** Milliseconds after {@code time} until the hits would fit, were nothing else charged; 0 when they do. */
    abstract long waitMs(UsageTable table, Use use, long time);

    /** Epoch ms at which the window of {@code time} ends; for a bucket, at which it is full. */
    abstract long resetAt(UsageTable table, Use use, long time);

    /** Notes that hits counted here have been fed to the enforcers. */
    abstract void fed(UsageTable table, Use use, long time);

    /** What has been fed so far, to {@link #learn} by from the answer to an event of that time. */
    abstract Mark mark(UsageTable table, Use use, long time);

    /**
     * A number that two times share only where it does not matter to this limit at which of them hits are counted: for a
     * window that it is the same one, for a bucket that they are close together.
     */
    abstract long slice(UsageTable table, Use use, long time);

    /** The slice of a limit that has no windows of its own: a 16th of its length, at most a second. */
    static long slice(long time, long lengthMs) {
        return time / Math.max(1, Math.min(MAX_SLICE_MS, lengthMs / SLICES));
    }

    /**
     * Takes over what the enforcers know.
     *
     * @param slot where the usage is
     * @param mark what had been fed when the event was that they answer
     * @param remaining what they said was left after it
     * @param resetAt when they said its window ends
     */
    abstract void learn(UsageTable table, int slot, Mark mark, long remaining, long resetAt);

    /**
     * What had been fed up to an event.
     *
     * @param time of the event, epoch ms
     * @param limit hits per window in force for it
     * @param burst most hits that a bucket holds
     * @param fed a counter's own number
     * @param before a counter's own number
     */
    record Mark(long time, long limit, long burst, long fed, long before) {}
}
