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
import java.util.function.Function;
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
     * @param records that were written for each decision, on all topics, from the start on, marks of transactions included
     */
    public record Measured(Share enforcer, Share broker, double perSecond, double denied, double records) {
        public double micros() {
            return enforcer.micros + broker.micros;
        }

        /** What the compilers of both took of it. */
        double compilers() {
            return Stream.of(enforcer, broker)
                    .mapToDouble(share -> share.threads.getOrDefault(Cpu.COMPILERS, 0.0))
                    .sum();
        }

        /** What it takes once they are done. */
        double compiledMicros() {
            return micros() - compilers();
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
        double denied = denied(workload, warmup + events);
        return run(workload, batch, settings, warmup, events, denied, Cluster::enforcer);
    }

    /**
     * The same for a program that reads the same requests and decides nothing: see {@link Floor}.
     *
     * @param records that it writes for each request, as {@link Measured#records}
     */
    public static Measured floor(
            Workload workload, int batch, double records, Map<String, String> settings, int warmup, int events)
            throws InterruptedException {
        Floor.Moved moved = new Floor.Moved(batch, workload.keys(), records - 1.0 / batch);
        return run(workload, batch, settings, warmup, events, 0, cluster -> cluster.floor(moved));
    }

    private static Measured run(
            Workload workload,
            int batch,
            Map<String, String> settings,
            int warmup,
            int events,
            double denied,
            Function<Cluster, Child> program)
            throws InterruptedException {
        try (Cluster cluster = Cluster.start(settings, workload.documents())) {
            long records = load(cluster, workload, batch, warmup + events);
            long first = records * warmup / (warmup + events);
            try (Child enforcer = program.apply(cluster)) {
                cluster.awaitDecided(first);
                awaitCompiled(cluster, enforcer, first + (records - first) / 2);
                long done = cluster.committed(Topics.REQUESTS);
                Meter enforced = Meter.of(enforcer);
                Meter brokered = Meter.of(cluster.broker());
                long began = System.nanoTime();
                cluster.awaitDecided(records);
                double seconds = (System.nanoTime() - began) / 1e9;
                double decided = (double) (records - done) * (warmup + events) / records;
                if (decided == 0) {
                    throw new IllegalStateException(
                            "expected some of " + events + " events to be left to measure, found none: ask for more");
                }
                return new Measured(
                        enforced.share(decided),
                        brokered.share(decided),
                        decided / seconds,
                        denied,
                        (double) cluster.written() / (warmup + events));
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
        for (int pauses = 1; cluster.committed(Topics.REQUESTS) < latest; pauses++) {
            TimeUnit.MILLISECONDS.sleep(200);
            // The compilers are looked at once a second.
            if (pauses % 5 == 0 && compilers.quiet()) {
                return;
            }
        }
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
