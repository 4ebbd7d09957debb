package io.weir.benchmarks.edge;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.benchmarks.process.Compilers;
import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.edge.EdgeNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes from the enforcer's decision on the last strike until each of several edges knows the block. By {@code
 * token}, which requests are partitioned by, that decision is the one to block. A block by {@code ip} is decided when the
 * strike has travelled to another partition, which takes a commit of a transaction. Measured when the compilers are done, or a
 * minute later.
 */
final class Propagation {
    private static final String YAML = """
            policy: propagation
            rules:
              - { name: all, key: [token], limits: [0 per minute] }
            blocks:
              - { name: offenders, key: [KEY], after: 2 per minute, for: 1 hour }
            """;

    private static final Duration MOST_WARMING = Duration.ofMinutes(1);
    private static final Duration ASKING = Duration.ofSeconds(2);

    private Propagation() {}

    /**
     * Measures.
     *
     * @param key {@code token} or {@code ip}
     */
    static void measure(int count, int blocks, String key, Report report) {
        AtomicLong decided = new AtomicLong();
        long[] nanos = new long[count * blocks];
        try (Edges edges = Edges.start(count, YAML.replace("KEY", key), decision -> decided.set(System.nanoTime()))) {
            List<Gauge> listed = edges.edges().stream().map(Propagation::listed).toList();
            int warm = warmUp(edges, listed, decided);
            for (int block = 0; block < blocks; block++) {
                long[] took = block(edges.edges(), listed, warm + block, decided);
                System.arraycopy(took, 0, nanos, block * count, count);
            }
        }
        Arrays.sort(nanos);
        String section =
                "From the decision to block until " + count + " edges know, each edge of " + blocks + " blocks";
        for (int percent : new int[] {50, 90, 99}) {
            report.add(new Row(
                    "propagation." + key + ".p" + percent,
                    section,
                    "by " + key + ": p" + percent,
                    "ms",
                    List.of(nanos[nanos.length * percent / 100] / 1e6)));
        }
    }

    /** Blocks others until the compilers are done, or have had their time; returns how many. */
    private static int warmUp(Edges edges, List<Gauge> listed, AtomicLong decided) {
        Compilers compilers = edges.compilers();
        long began = System.nanoTime();
        long asked = began;
        int blocks = 0;
        boolean quiet = false;
        while (!quiet && System.nanoTime() - began < MOST_WARMING.toNanos()) {
            block(edges.edges(), listed, blocks++, decided);
            if (System.nanoTime() - asked > ASKING.toNanos()) {
                quiet = compilers.quiet();
                asked = System.nanoTime();
            }
        }
        return blocks;
    }

    /** How many blocks an edge goes by. */
    private static Gauge listed(EdgeNode edge) {
        MeterRegistry meters = new SimpleMeterRegistry();
        edge.meters(meters);
        return meters.get("weir.edge.blocks").gauge();
    }

    /** Returns how long each edge took to go by it, in nanoseconds. */
    private static long[] block(List<EdgeNode> edges, List<Gauge> listed, int block, AtomicLong decided) {
        String ip = "10." + block / 65536 + "." + block / 256 % 256 + "." + block % 256;
        String token = "t" + block;
        long time = System.currentTimeMillis();
        EdgeNode first = edges.get(block % edges.size());
        first.check(Edges.request("propagation", token, ip, time));
        first.check(Edges.request("propagation", token, ip, time));
        long[] applied = new long[edges.size()];
        int missing = edges.size();
        while (missing > 0) {
            for (int i = 0; i < applied.length; i++) {
                if (applied[i] == 0 && listed.get(i).value() > block) {
                    applied[i] = System.nanoTime();
                    missing--;
                }
            }
            LockSupport.parkNanos(200_000);
        }
        // Nothing else was fed, so the last decision was that of the second strike.
        return Arrays.stream(applied).map(at -> Math.max(0, at - decided.get())).toArray();
    }
}
