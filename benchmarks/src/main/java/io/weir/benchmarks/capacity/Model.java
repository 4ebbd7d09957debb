package io.weir.benchmarks.capacity;

import java.util.Locale;

/**
 * CPU time of one process: so much for each second (polls, commits), each decision and each record of events.
 *
 * <p>Worked example: 30,000 µs per second, 8 µs per decision and 12 µs per record give at 20,000 decisions per second, one to a
 * record, 30,000 + 20,000 × (8 + 12) = 430,000 µs: 0.43 cores.
 *
 * @param fixed microseconds per second
 * @param decision microseconds
 * @param record microseconds
 */
record Model(double fixed, double decision, double record) {
    /** Events per record where they are packed. */
    static final int BATCH = 64;

    /** The rate per second at which what is fixed shows. */
    static final int QUIET = 1_000;

    private static final double MICROS = 1e6;

    /**
     * From what was measured, in microseconds per decision.
     *
     * @param batched of a backlog with 64 events per record
     * @param single of a backlog with one event per record
     * @param quiet at 1,000 events per second, one per record
     */
    static Model of(double batched, double single, double quiet) {
        double record = Math.max(0, (single - batched) * BATCH / (BATCH - 1));
        double decision = single - record;
        return new Model(Math.max(0, (quiet - decision - record) * QUIET), decision, record);
    }

    /** Cores that are busy. */
    double cores(double perSecond, double batch) {
        return (fixed + perSecond * (decision + record / batch)) / MICROS;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.0f ms per second + %.1f µs per decision + %.1f µs per record",
                fixed / 1e3,
                decision,
                record);
    }
}
