package io.weir.edge;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far this machine's clock is from the brokers'. A broker stamps a record between the moment it is sent and the moment
 * it is acknowledged: sent at 1,000 ms, stamped 1,503, acknowledged 1,006 means that the brokers' clock is 497 to 503 ms
 * ahead. The tightest such bound of the last one to two minutes holds. Any thread.
 */
final class Skew {
    private static final long PERIOD_MS = 60_000;

    private @Nullable Estimate before;
    private @Nullable Estimate now;
    private long since;

    /**
     * How far the brokers' clock is ahead.
     *
     * @param aheadMs the middle of what is possible; negative when it is behind
     * @param errorMs how far from it the truth may be
     */
    record Estimate(long aheadMs, long errorMs) {
        /** Whether the clocks are surely further apart. */
        boolean exceeds(Duration most) {
            return Math.abs(aheadMs) - errorMs > most.toMillis();
        }
    }

    synchronized void observe(long sentMs, long stampedMs, long acknowledgedMs) {
        if (acknowledgedMs < sentMs) {
            return;
        }
        if (acknowledgedMs - since > PERIOD_MS) {
            before = now;
            now = null;
            since = acknowledgedMs;
        }
        // Rounded up: clocks tell whole ms.
        long error = (acknowledgedMs - sentMs + 1) / 2 + 1;
        if (now == null || error <= now.errorMs) {
            now = new Estimate(stampedMs - (sentMs + acknowledgedMs) / 2, error);
        }
    }

    /** The best estimate there is, or null before anything was sent. */
    synchronized @Nullable Estimate estimate() {
        Estimate latest = now;
        Estimate earlier = before;
        if (latest == null || earlier == null) {
            return latest == null ? earlier : latest;
        }
        return latest.errorMs <= earlier.errorMs ? latest : earlier;
    }
}
