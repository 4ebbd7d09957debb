package io.weir.benchmarks.edge;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.edge.EdgeNode;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes from the enforcer's decision on the last strike until each of several edges knows the block. By {@code
 * token}, which requests are partitioned by, that decision is the one to block. A block by {@code ip} is decided when the
 * strike has travelled to another partition, which takes a commit of a transaction.
 */
final class Propagation {
    private static final String YAML = """
            policy: propagation
            rules:
              - { name: all, key: [token], limits: [0 per minute] }
            blocks:
              - { name: offenders, key: [KEY], after: 2 per minute, for: 1 hour }
            """;

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
            for (int block = 0; block < blocks; block++) {
                block(edges.edges(), block, decided, nanos);
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

    private static void block(List<EdgeNode> edges, int block, AtomicLong decided, long[] nanos) {
        String ip = "10.1." + block / 256 + "." + block % 256;
        String token = "t" + block;
        long time = System.currentTimeMillis();
        EdgeNode first = edges.get(block % edges.size());
        first.check(Edges.request("propagation", token, ip, time));
        first.check(Edges.request("propagation", token, ip, time));
        long[] applied = new long[edges.size()];
        int missing = edges.size();
        while (missing > 0) {
            for (int i = 0; i < applied.length; i++) {
                if (applied[i] == 0 && blocked(edges.get(i), ip, token)) {
                    applied[i] = System.nanoTime();
                    missing--;
                }
            }
            LockSupport.parkNanos(200_000);
        }
        // Nothing else was fed, so the last decision was that of the second strike.
        for (int i = 0; i < applied.length; i++) {
            nanos[block * applied.length + i] = Math.max(0, applied[i] - decided.get());
        }
    }

    private static boolean blocked(EdgeNode edge, String ip, String token) {
        return edge.registry().blocks().stream()
                .anyMatch(block -> block.values().contains(ip) || block.values().contains(token));
    }
}
