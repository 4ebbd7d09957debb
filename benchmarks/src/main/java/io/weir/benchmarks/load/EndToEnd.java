package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Compilers;
import java.time.Duration;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * From a gateway's event to the decision in another client, at a steady rate: how long it takes, and what all of it costs,
 * the feeding and the reading client included. Latency counts from when an event was due, so that a stall is not hidden
 * by the events that it kept from being sent. Enforcer and broker are warm: they have decided at 50,000/s before, and nothing of
 * that is left to do.
 */
public final class EndToEnd {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WARM_RATE = 50_000;
    private static final int WARM_BATCH = 16;
    private static final int SETTLE_SECONDS = 2;
    private static final int MOST_SETTLING_SECONDS = 30;

    /** So many that their CPU time, in steps of 10 ms, can be told. */
    private static final int MADE = 1_000_000;

    private EndToEnd() {}

    /**
     * What comes.
     *
     * @param perSecond events per second
     * @param batch events per record
     * @param lingerMs how long the feeding producer waits for more to send together
     */
    public record Load(int perSecond, int batch, int lingerMs) {}

    /**
     * What was measured with one kind of reader.
     *
     * @param latency from event to decision, in microseconds
     * @param costs per event
     * @param perSecond decisions, from the first event until the last decision was read
     * @param missing decisions that had not come a minute after the last event
     */
    public record Measured(Histogram latency, Costs costs, double perSecond, long missing) {}

    /**
     * What was measured.
     *
     * @param makingMicros CPU time that the client takes to make an event up: part of its costs, and not a gateway's
     */
    public record Both(Measured uncommitted, Measured committed, double makingMicros) {}

    /** Measures, first with a reader of what is not committed yet, then with one that waits for that. */
    public static Both run(Workload workload, Load load, Map<String, String> settings, int warmupSeconds, int seconds)
            throws InterruptedException {
        int perSecond = load.perSecond;
        try (Cluster cluster = Cluster.start(settings, workload.documents());
                Child enforcer = cluster.enforcer();
                Feed feed = new Feed(cluster, workload, load.batch, load.lingerMs)) {
            try (Feed warm = new Feed(cluster, workload, Math.max(load.batch, WARM_BATCH), load.lingerMs)) {
                warm.send(Math.max(perSecond, WARM_RATE), warmupSeconds);
            }
            cluster.awaitDecided();
            Compilers compilers = Compilers.of(enforcer, cluster.broker());
            int waited = 0;
            do {
                feed.send(perSecond, SETTLE_SECONDS);
                waited += SETTLE_SECONDS;
            } while (!compilers.quiet() && waited < MOST_SETTLING_SECONDS);
            Measured uncommitted = measure(cluster, enforcer, feed, false, perSecond, seconds);
            Measured committed = measure(cluster, enforcer, feed, true, perSecond, seconds);
            return new Both(uncommitted, committed, feed.makingMicros(MADE));
        }
    }

    private static Measured measure(
            Cluster cluster, Child enforcer, Feed feed, boolean committed, int perSecond, int seconds)
            throws InterruptedException {
        try (Reader reader = Reader.start(cluster, committed)) {
            feed.send(perSecond, SETTLE_SECONDS);
            cluster.awaitDecided();
            long began = System.nanoTime();
            reader.countFrom(began);
            Costs.Meter meter = Costs.meter(enforcer, cluster.broker());
            long events = feed.send(perSecond, seconds);
            long missing = reader.await(events, PATIENCE);
            double took = (System.nanoTime() - began) / 1e9;
            return new Measured(reader.latency(), meter.per(events), (events - missing) / took, missing);
        }
    }
}
