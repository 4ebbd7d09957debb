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
import java.util.stream.Stream;

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
     * @param perSecond decisions per second of wall time, which depends on what else the machine does
     * @param denied share of denied decisions, 0 to 1
     */
    public record Measured(Share enforcer, Share broker, double perSecond, double denied) {
        public double micros() {
            return enforcer.micros + broker.micros;
        }

        /** What the compilers of both took of it. */
        double compilers() {
            return Stream.of(enforcer, broker)
                    .mapToDouble(share -> share.threads.getOrDefault(Cpu.COMPILERS, 0.0))
                    .sum();
        }
    }

    /**
     * A process's part, in microseconds of CPU time per decision.
     *
     * @param threads the same by what its threads do: see {@link Cpu#byThread}
     */
    public record Share(double micros, Map<String, Double> threads) {}

    /** What a process has taken so far. */
    private record Meter(Child process, long micros, Map<String, Long> threads) {
        static Meter of(Child process) {
            return new Meter(process, process.cpuMicros(), process.cpuByThread());
        }

        /** Its part since then. */
        Share share(double decisions) {
            Map<String, Double> each = new TreeMap<>();
            process.cpuByThread()
                    .forEach((role, now) -> each.put(role, (now - threads.getOrDefault(role, 0L)) / decisions));
            return new Share((process.cpuMicros() - micros) / decisions, each);
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
                Meter enforced = Meter.of(enforcer);
                Meter brokered = Meter.of(cluster.broker());
                long began = System.nanoTime();
                cluster.awaitDecided(records);
                double seconds = (System.nanoTime() - began) / 1e9;
                double decided = (double) (records - done) * (warmup + events) / records;
                return new Measured(
                        enforced.share(decided),
                        brokered.share(decided),
                        decided / seconds,
                        denied(workload, warmup + events));
            }
        }
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
