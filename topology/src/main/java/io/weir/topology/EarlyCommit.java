package io.weir.topology;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Asks for a commit before the interval is over when something has been sent that other tasks read, a visit or an entry of
 * the block list: under exactly-once they read it committed. So a hop takes some ms where it would take a commit interval,
 * 100 by default, and in a quiet enforcer the pause of its consumer, too.
 *
 * <p>A commit stops a stream thread for some ms, writes what is dirty and costs each broker marks on every partition. So a task
 * asks at most once in {@link #PACE}, {@link #AT_ONCE} times in a row and once in {@link #AGAIN_MS} on average, and not at all
 * while more than {@link #BUSY_PER_MS} events per ms come: where hops are the rule, or a task is busy, they wait for the
 * interval as everything does. For one thread, the task's.
 */
final class EarlyCommit {
    static final Duration PACE = Duration.ofMillis(20);

    /** What can be asked for in a row, and how long it takes until one more can, in ms. */
    static final int AT_ONCE = 10;

    static final long AGAIN_MS = 300;

    /** 5,000 a second for each task, far less than what one sustains. */
    static final int BUSY_PER_MS = 5;

    private final Runnable commit;
    private boolean waits;
    private boolean busy;
    private long events;
    private long measuredAt;
    private long askedAt;
    /** By then all that was asked for is paid for. */
    private long paidAt;

    /** @param commit has what was sent committed soon */
    EarlyCommit(Runnable commit) {
        this.commit = commit;
    }

    /** For a task; where others need not wait for a commit nothing is asked for. */
    static EarlyCommit of(ProcessorContext<?, ?> context) {
        if (!exactlyOnce(context.appConfigs())) {
            return new EarlyCommit(() -> {});
        }
        EarlyCommit early = new EarlyCommit(context::commit);
        context.schedule(PACE, PunctuationType.WALL_CLOCK_TIME, early::measure);
        return early;
    }

    private static boolean exactlyOnce(Map<String, Object> settings) {
        return StreamsConfig.EXACTLY_ONCE_V2.equals(settings.get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG));
    }

    /** Something has been sent that other tasks read. */
    void sent() {
        waits = true;
    }

    /** A record with so many events is done, at {@code now} in ms of the machine's clock. */
    void done(int number, long now) {
        events += number;
        ask(now);
    }

    /** How many events have come since this was called last tells how busy the task is. */
    void measure(long now) {
        busy = events > BUSY_PER_MS * Math.max(1, now - measuredAt);
        events = 0;
        measuredAt = now;
        ask(now);
    }

    private void ask(long now) {
        boolean affordable = paidAt - now <= (AT_ONCE - 1) * AGAIN_MS;
        if (waits && !busy && affordable && now - askedAt >= PACE.toMillis()) {
            waits = false;
            askedAt = now;
            paidAt = Math.max(paidAt, now) + AGAIN_MS;
            commit.run();
        }
    }
}
