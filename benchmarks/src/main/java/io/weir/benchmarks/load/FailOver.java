package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long requests wait for their decision when one of two enforcers is killed: the longest latency of a steady feed, from
 * the kill on. The other takes over its partitions, with warm copies of their state if there are standbys, else it restores
 * them. The broker notices after the session timeout, which is 6 s here.
 */
public final class FailOver {
    /** A dead enforcer's partitions and transactions are taken over soon. */
    private static final Map<String, String> SETTINGS = Map.of(
            "kafka.session.timeout.ms", "6000",
            "kafka.heartbeat.interval.ms", "1000",
            "kafka.producer.transaction.timeout.ms", "6000");

    private static final int BATCH = 64;
    private static final int PER_SECOND = 1_000;
    private static final int SECONDS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** So far behind a copy may be at the end: marks of transactions count. */
    private static final long LAG = 1_000;

    private FailOver() {}

    /**
     * Measures.
     *
     * @param subjects whose state there is, evenly on both enforcers
     * @return seconds until the last of the requests that came at the kill was decided
     */
    public static double run(int subjects, int standbys) throws InterruptedException {
        Workload workload = new Workload("two", subjects, false, PER_SECOND);
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("standby.replicas", Integer.toString(standbys));
        try (Cluster cluster = Cluster.start(settings, workload.documents());
                Child dies = cluster.enforcer();
                Child stays = cluster.enforcer();
                Feed feed = new Feed(cluster, workload, 1, 1)) {
            cluster.awaitDecided(load(cluster, workload, subjects));
            caughtUp(stays);
            try (Reader reader = Reader.start(cluster, false)) {
                feed.send(PER_SECOND, 2);
                dies.kill();
                reader.countFrom(System.nanoTime());
                long events = feed.send(PER_SECOND, SECONDS);
                long missing = reader.await(events, PATIENCE);
                if (missing > 0) {
                    throw new IllegalStateException("expected " + events + " decisions within " + PATIENCE + ", but "
                            + missing + " are missing");
                }
                return reader.latency().getMaxValue() / 1e6;
            }
        }
    }

    private static long load(Cluster cluster, Workload workload, int subjects) {
        try (Backlog backlog =
                new Backlog(cluster.bootstrapServers(), cluster.registry(), cluster.partitions(), BATCH)) {
            Workload.Stream stream = workload.stream(1);
            for (int i = 0; i < subjects; i++) {
                backlog.add(stream.of(i, System.currentTimeMillis()));
            }
            return backlog.finish();
        }
    }

    private static void caughtUp(Child enforcer) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (Long.parseLong(enforcer.ask()) > LAG) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "expected copies to be nearly caught up, but they lag by " + enforcer.ask() + " records");
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
