package io.weir.benchmarks.load;

import java.util.concurrent.locks.LockSupport;

/** A steady rate, from when it is made. For one thread. */
final class Pace {
    private static final long NANOS = 1_000_000_000L;
    private static final long LONGEST_NANOS = 1_000_000;

    private final long began = System.nanoTime();
    private final int perSecond;

    Pace(int perSecond) {
        this.perSecond = perSecond;
    }

    /** Waits until the i-th is due, not at all if it is late; returns when it was due, in {@link System#nanoTime}. */
    long await(long i) {
        long due = began + i * NANOS / perSecond;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(LONGEST_NANOS, left));
        }
        return due;
    }
}
