package io.weir.benchmarks.engine;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.util.Map;
import java.util.SplittableRandom;
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

/** One decision by each algorithm, in memory, over 10,000 subjects. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DecideBenchmark {
    private static final int SUBJECTS = 10_000;
    private static final int REQUESTS = 1 << 16;
    private static final long BEGIN = 1_700_000_000_000L;

    @Param({"one", "four", "sliding", "bucket", "first-hit", "denied"})
    private String policy = "";

    private InMemoryExecutor executor = new InMemoryExecutor();
    private final Request[] requests = new Request[REQUESTS];
    private int next;

    @Setup
    public void fill() {
        executor = new InMemoryExecutor();
        executor.apply(
                PolicyReader.read(policy, "policy: example\nrules:\n  - name: all\n    key: [token]\n" + limits()));
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < REQUESTS; i++) {
            String token = "token-" + random.nextInt(SUBJECTS);
            requests[i] = new Request(
                    null,
                    BEGIN + i / 64,
                    "example",
                    "GET",
                    "/api/v1/guides/7",
                    null,
                    token,
                    null,
                    null,
                    null,
                    null,
                    1,
                    Map.of(),
                    false,
                    0);
        }
    }

    private String limits() {
        return switch (policy) {
            case "one" -> "    limits: [1000000000 per minute]";
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
