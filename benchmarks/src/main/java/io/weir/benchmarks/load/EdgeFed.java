package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Cpu;
import io.weir.edge.EdgeNode;
import io.weir.engine.Request;
import io.weir.wire.Conversions;
import java.time.Duration;
import java.util.Map;

/**
 * What a request costs by the edge library: it is checked in this process, told to the enforcers, counted by them, and what
 * they answer is read here.
 */
public final class EdgeFed {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int CAPACITY = 1 << 22;
    private static final int WARM_RATE = 50_000;
    private static final int SETTLE_SECONDS = 2;
    private static final int MADE = 1_000_000;

    private EdgeFed() {}

    /**
     * What was measured.
     *
     * @param costs per request
     * @param makingMicros CPU time that the client takes to make a request up: part of its costs, and not a gateway's
     * @param perSecond requests
     * @param lost hits that the edge could not tell, those of the warm-up not counted
     */
    public record Measured(Costs costs, double makingMicros, double perSecond, long lost) {}

    /** Measures, at so many requests per second. */
    public static Measured run(Workload workload, int perSecond, int warmupSeconds, int seconds)
            throws InterruptedException {
        try (Cluster cluster = Cluster.start(Map.of(), workload.documents());
                Child enforcer = cluster.enforcer();
                EdgeNode edge = EdgeNode.builder()
                        .bootstrapServers(cluster.bootstrapServers())
                        .gateway("benchmark")
                        .capacity(CAPACITY)
                        .plainTokens()
                        .build()) {
            if (!edge.awaitReady(PATIENCE)) {
                throw new IllegalStateException("expected an edge that is ready, found " + edge.health());
            }
            Workload.Stream stream = workload.stream(3);
            check(edge, stream, WARM_RATE, warmupSeconds);
            cluster.awaitDecided();
            check(edge, stream, perSecond, SETTLE_SECONDS);
            cluster.awaitDecided();
            long lost = edge.health().lostHits();
            Costs.Meter meter = Costs.meter(enforcer, cluster.broker());
            long began = System.nanoTime();
            long requests = check(edge, stream, perSecond, seconds);
            double took = (System.nanoTime() - began) / 1e9;
            cluster.awaitDecided();
            Costs costs = meter.per(requests);
            return new Measured(
                    costs, making(stream), requests / took, edge.health().lostHits() - lost);
        }
    }

    private static long check(EdgeNode edge, Workload.Stream stream, int perSecond, int seconds) {
        Pace pace = new Pace(perSecond);
        long requests = (long) perSecond * seconds;
        for (long i = 0; i < requests; i++) {
            pace.await(i);
            edge.check(request(stream));
        }
        return requests;
    }

    private static Request request(Workload.Stream stream) {
        return Conversions.request(stream.next(System.currentTimeMillis(), "request"));
    }

    private static double making(Workload.Stream stream) {
        long cpu = Cpu.own();
        long seen = 0;
        for (long i = 0; i < MADE; i++) {
            seen += request(stream).path().length();
        }
        if (seen == 0) {
            throw new IllegalStateException("expected requests to have paths");
        }
        return (double) (Cpu.own() - cpu) / MADE;
    }
}
