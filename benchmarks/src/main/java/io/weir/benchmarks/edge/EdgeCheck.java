package io.weir.benchmarks.edge;

import io.weir.benchmarks.load.Zipf;
import io.weir.edge.local.LocalCheck;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.PolicyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One local check by Nexudus's policy with 100,000 live tokens, each known by four limits, and 10,000 blocked addresses: any
 * of the tokens ({@code uniform}), the k-th of them with a frequency of 1/k ({@code zipf}) or one of a thousand ({@code hot}).
 * {@code admitted} has the policy's rules with limits that are never reached, {@code denied} as they are. As at a gateway,
 * each request has just been made of new texts; making it is not part of what is measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 7, time = 2)
@Fork(1)
@Threads(1)
public class EdgeCheck {
    static final int TOKENS = 100_000;
    static final int SIZE = 64;
    private static final Zipf ZIPF = new Zipf(TOKENS);
    private static final int HOT = 1_000;
    private static final int BLOCKED = 10_000;
    private static final String[] ROUTES = {
        "/api/spaces/bookings",
        "/api/spaces/coworkers/17",
        "/api/spaces/visitors?page=2",
        "/api/billing/coworkerinvoices"
    };

    /** The time of all requests: no window ends while checks are measured. */
    private static final long NOW = System.currentTimeMillis();

    @Param({"admitted", "denied"})
    private String outcome = "";

    private LocalCheck check = new LocalCheck(new Registry(), () -> 0, 1 << 10, UnaryOperator.identity());

    /** A thread's requests, others for each call. */
    @State(Scope.Thread)
    public static class Batch {
        @Param({"uniform", "zipf", "hot"})
        private String keys = "";

        private final SplittableRandom random = new SplittableRandom();
        private final Request[] requests = new Request[SIZE];
        private final char[][] routes =
                Arrays.stream(ROUTES).map(String::toCharArray).toArray(char[][]::new);

        @Setup(Level.Invocation)
        public void make() {
            for (int i = 0; i < SIZE; i++) {
                String route = new String(routes[random.nextInt(routes.length)]);
                requests[i] = request("token-" + token(), route);
            }
        }

        private int token() {
            return switch (keys) {
                case "zipf" -> ZIPF.next(random);
                case "hot" -> random.nextInt(HOT);
                default -> random.nextInt(TOKENS);
            };
        }

        Request[] requests() {
            return requests;
        }
    }

    @Setup(Level.Trial)
    public void fill() throws IOException {
        Registry registry = new Registry();
        String yaml = Files.readString(Path.of("policies/nexudus.yaml"));
        registry.apply(PolicyReader.read(
                "nexudus", outcome.equals("admitted") ? yaml.replaceAll("[0-9,]+ per", "1000000000 per") : yaml));
        check = new LocalCheck(registry, System::currentTimeMillis, 1 << 20, UnaryOperator.identity());
        for (int i = 0; i < BLOCKED; i++) {
            check.lists()
                    .put(new Block(
                            "nexudus",
                            "somebody",
                            List.of("ip"),
                            List.of("203.0." + i / 256 + "." + i % 256),
                            NOW,
                            Long.MAX_VALUE,
                            "benchmark",
                            null,
                            false));
        }
        for (int i = 0; i < TOKENS; i++) {
            check.check(request("token-" + i, ROUTES[i % ROUTES.length]));
        }
    }

    private static Request request(String token, String path) {
        return new Request(
                null,
                NOW,
                "nexudus",
                "GET",
                path,
                "198.51.100.7",
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

    @Benchmark
    @OperationsPerInvocation(SIZE)
    public void check(Batch batch, Blackhole answers) {
        for (Request request : batch.requests()) {
            answers.consume(check.check(request));
        }
    }
}
