package io.weir.benchmarks.engine;

import io.weir.benchmarks.load.Workload;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import io.weir.wire.Conversions;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One decision, in memory, over 10,000 subjects: by each algorithm, by four fixed windows ({@code four}), by one that is full
 * ({@code denied}), and by each vendor's policy with requests to its routes. Other limits than that of {@code denied} are so
 * large that they are never reached: to admit is the dearer answer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DecideBenchmark {
    private static final int SUBJECTS = 10_000;
    private static final int REQUESTS = 1 << 16;
    private static final int EVENTS_PER_SECOND = 64_000;
    private static final long NEVER = 1_000_000_000;

    @Param({
        "fixed",
        "sliding",
        "first-hit",
        "bucket",
        "four",
        "denied",
        "hexnode",
        "hexagraph",
        "tagoio",
        "onboardinghub",
        "nexudus"
    })
    private String policy = "";

    private InMemoryExecutor executor = new InMemoryExecutor();
    private final Request[] requests = new Request[REQUESTS];
    private int next;

    @Setup
    public void fill() {
        executor = new InMemoryExecutor();
        boolean vendor = Workload.VENDORS.contains(policy);
        Workload workload = new Workload(vendor ? policy : "one", SUBJECTS, false, EVENTS_PER_SECOND);
        String document = vendor
                ? workload.documents()
                        .get(0)
                        .replaceAll("limit: \\d+", "limit: " + NEVER)
                        .replaceAll("\\d[\\d,]* per", NEVER + " per")
                : "policy: example\nrules:\n  - name: all\n    key: [token]\n" + limits();
        executor.apply(PolicyReader.read(policy, document));
        Workload.Stream stream = workload.stream(1);
        for (int i = 0; i < REQUESTS; i++) {
            requests[i] = Conversions.request(stream.next());
        }
    }

    private String limits() {
        return switch (policy) {
            case "fixed" -> "    limits: [1000000000 per minute]";
            case "four" ->
                "    limits: [1000000000 per second, 1000000000 per minute, 1000000000 per hour, 1000000000 per day]";
            case "sliding" -> "    limits: [{ limit: 1000000000, per: 1m, algorithm: sliding }]";
            case "bucket" -> "    limits: [{ limit: 1000000000, per: 1m, algorithm: bucket }]";
            case "first-hit" -> "    limits: [{ limit: 1000000000, per: 1m, align: first-hit }]";
            case "denied" -> "    limits: [1 per day]";
            default -> throw new IllegalArgumentException("no such policy: " + policy);
        };
    }

    @Benchmark
    public Decision decide() {
        return executor.decide(requests[next++ & (REQUESTS - 1)]);
    }
}
