package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Compilers;
import io.weir.benchmarks.process.Cpu;
import io.weir.engine.run.InMemoryExecutor;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What a decision costs the enforcer and the broker: a backlog is loaded before the enforcer starts; CPU time is counted
 * from when the enforcer has committed the first part of it, and compilers have done their work, until all of it.
 * The producer of events is done by then, and nobody reads the decisions.
 */
public final class Throughput {
    private Throughput() {}

    /**
     * What was measured.
     *
     * @param enforcerMicros CPU time per decision
     * @param brokerMicros CPU time per decision
     * @param perSecond decisions per second of wall time, which depends on what else the machine does
     * @param denied share of denied decisions, 0 to 1
     * @param threads the enforcer's CPU time per decision by what its threads do: see {@link Cpu#byThread}
     */
    public record Measured(
            double enforcerMicros, double brokerMicros, double perSecond, double denied, Map<String, Double> threads) {
        public double micros() {
            return enforcerMicros + brokerMicros;
        }
    }

    /** Measures. {@code settings} are the enforcer's; {@code warmup} events come before the {@code events}, of which at least half count. */
    public static Measured run(Workload workload, int batch, Map<String, String> settings, int warmup, int events)
            throws InterruptedException {
        try (Cluster cluster = Cluster.start(settings, workload.documents())) {
            long records = load(cluster, workload, batch, warmup + events);
            long first = records * warmup / (warmup + events);
            try (Child enforcer = cluster.enforcer()) {
                cluster.awaitDecided(first);
                awaitCompiled(cluster, enforcer, first + (records - first) / 2);
                long done = cluster.committed(Topics.REQUESTS);
                long enforcerBegan = enforcer.cpuMicros();
                Map<String, Long> threadsBegan = enforcer.cpuByThread();
                long brokerBegan = cluster.broker().cpuMicros();
                long began = System.nanoTime();
                cluster.awaitDecided(records);
                double seconds = (System.nanoTime() - began) / 1e9;
                double decided = (double) (records - done) * (warmup + events) / records;
                return new Measured(
                        (enforcer.cpuMicros() - enforcerBegan) / decided,
                        (cluster.broker().cpuMicros() - brokerBegan) / decided,
                        decided / seconds,
                        denied(workload, warmup + events),
                        perDecision(threadsBegan, enforcer.cpuByThread(), decided));
            }
        }
    }

    private static Map<String, Double> perDecision(Map<String, Long> began, Map<String, Long> ended, double decided) {
        Map<String, Double> micros = new TreeMap<>();
        ended.forEach((role, now) -> micros.put(role, (now - began.getOrDefault(role, 0L)) / decided));
        return micros;
    }

    private static long load(Cluster cluster, Workload workload, int batch, int events) {
        try (Backlog backlog =
                new Backlog(cluster.bootstrapServers(), cluster.registry(), cluster.partitions(), batch)) {
            Workload.Stream stream = workload.stream(1);
            for (int i = 0; i < events; i++) {
                backlog.add(stream.next());
            }
            return backlog.finish();
        }
    }

    /** Waits until compilers are done, or until so many records are committed: the rest is what counts. */
    private static void awaitCompiled(Cluster cluster, Child enforcer, long latest) throws InterruptedException {
        Compilers compilers = Compilers.of(enforcer, cluster.broker());
        do {
            TimeUnit.SECONDS.sleep(1);
        } while (!compilers.quiet() && cluster.committed(Topics.REQUESTS) < latest);
    }

    private static double denied(Workload workload, int events) {
        InMemoryExecutor executor = new InMemoryExecutor();
        workload.policies().forEach(executor::apply);
        Workload.Stream stream = workload.stream(1);
        long denied = 0;
        for (int i = 0; i < events; i++) {
            denied += executor.decide(Conversions.request(stream.next())).allowed() ? 0 : 1;
        }
        return (double) denied / events;
    }
}
