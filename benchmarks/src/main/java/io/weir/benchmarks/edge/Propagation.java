package io.weir.benchmarks.edge;

import io.weir.edge.EdgeNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes from the enforcer's decision on the last strike until each of several edges knows the block. By {@code
 * token}, which requests are partitioned by, that decision is the one to block. A block by {@code ip} is decided when the
 * strike has travelled to another partition, which takes a commit of a transaction.
 */
public final class Propagation {
    private static final String YAML = """
            policy: propagation
            rules:
              - { name: all, key: [token], limits: [0 per minute] }
            blocks:
              - { name: offenders, key: [KEY], after: 2 per minute, for: 1 hour }
            """;

    private Propagation() {}

    /** Arguments: {@code edges=8 blocks=200 key=token|ip}. */
    public static void run(Map<String, String> settings) {
        int count = Integer.parseInt(settings.getOrDefault("edges", "8"));
        int blocks = Integer.parseInt(settings.getOrDefault("blocks", "200"));
        String key = settings.getOrDefault("key", "token");
        AtomicLong decided = new AtomicLong();
        long[] nanos = new long[count * blocks];
        try (Edges edges = Edges.start(count, YAML.replace("KEY", key), decision -> decided.set(System.nanoTime()))) {
            for (int block = 0; block < blocks; block++) {
                block(edges.edges(), block, decided, nanos);
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%d blocks by %s known at %d edges after the decision: median %.1f ms, p90 %.1f, p99 %.1f, latest %.1f%n",
                blocks,
                key,
                count,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 9 / 10] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6);
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
