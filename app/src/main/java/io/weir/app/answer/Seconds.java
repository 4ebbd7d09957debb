package io.weir.app.answer;

/** Milliseconds as whole seconds, rounded up: who waits that long has waited long enough. */
public final class Seconds {
    private Seconds() {}

    /** 1 ms to 1,000 ms are 1 s. */
    public static long up(long ms) {
        return Math.floorDiv(ms, 1_000) + (Math.floorMod(ms, 1_000) == 0 ? 0 : 1);
    }

    /** From one time to another, at least 0. */
    public static long until(long at, long now) {
        return Math.max(0, up(at - now));
    }
}
