package io.weir.benchmarks.edge;

import io.weir.edge.EdgeNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How long it takes from an enforcer's decision to block somebody until each of several edges denies them. */
public final class Propagation {
    private static final String YAML = """
            policy: propagation
            rules:
              - { name: all, key: [token], limits: [0 per minute] }
            blocks:
              - { name: offenders, key: [ip], after: 2 per minute, for: 1 hour }
            """;

    private Propagation() {}

    /** Arguments: {@code edges=8 blocks=200}. */
    public static void run(Map<String, String> settings) {
        int count = Integer.parseInt(settings.getOrDefault("edges", "8"));
        int blocks = Integer.parseInt(settings.getOrDefault("blocks", "200"));
        AtomicLong decided = new AtomicLong();
        long[] nanos = new long[count * blocks];
        try (Edges edges = Edges.start(count, YAML, decision -> decided.set(System.nanoTime()))) {
            for (int block = 0; block < blocks; block++) {
                block(edges.edges(), block, decided, nanos);
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%d blocks applied at %d edges after the decision: median %.1f ms, p90 %.1f, p99 %.1f, latest %.1f%n",
                blocks,
                count,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 9 / 10] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }

    private static void block(List<EdgeNode> edges, int block, AtomicLong decided, long[] nanos) {
        String ip = "10.1." + block / 256 + "." + block % 256;
        long time = System.currentTimeMillis();
        EdgeNode first = edges.get(block % edges.size());
        first.check(Edges.request("propagation", "t" + block, ip, time));
        first.check(Edges.request("propagation", "t" + block, ip, time));
        long[] applied = new long[edges.size()];
        int missing = edges.size();
        while (missing > 0) {
            for (int i = 0; i < applied.length; i++) {
                if (applied[i] == 0 && blocked(edges.get(i), ip, time)) {
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

    private static boolean blocked(EdgeNode edge, String ip, long time) {
        return edge.registry().blocks().stream()
                .anyMatch(block -> block.values().contains(ip) && block.from() <= time);
    }
}
