package io.weir.benchmarks.report;

/** How much is measured. */
public enum Size {
    /** Enough to see that everything works; the figures mean nothing. */
    TINY(1, 0.02),
    /** Each cell once. */
    QUICK(1, 1),
    /** Each cell three times, and more cells. */
    FULL(3, 2);

    private final int runs;
    private final double share;

    Size(int runs, double share) {
        this.runs = runs;
        this.share = share;
    }

    /** How often each cell is measured. */
    public int runs() {
        return runs;
    }

    public boolean full() {
        return this == FULL;
    }

    /** Of events, seconds or repetitions, given those of a quick run: at least one. */
    public int of(int quick) {
        return (int) Math.max(1, Math.round(quick * share));
    }
}
