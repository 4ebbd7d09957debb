package io.weir.benchmarks.edge;

import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.weir.engine.Request;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Libraries that limit in the process, over the same requests and the same live tokens as {@link EdgeCheck}, with the four
 * general limits of Nexudus's policy, found by token in a map. They know no routes, lists, blocks or other processes.
 *
 * <p>bucket4j decides four bandwidths at once, without locks. A limiter of resilience4j has one limit: four are asked one after
 * the other, and what was taken from the first when a later one denies is not given back.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 7, time = 2)
@Fork(1)
public class LocalPeers {
    /** So many requests in a time. */
    private record Limit(int requests, Duration window) {}

    private static final List<Limit> LIMITS = List.of(
            new Limit(1, Duration.ofMillis(100)),
            new Limit(120, Duration.ofMinutes(1)),
            new Limit(5_000, Duration.ofHours(1)),
            new Limit(200_000, Duration.ofDays(1)));

    /** What bucket4j can refill in 100 ms, and nobody asks for in a day. */
    private static final int NEVER_REACHED = 10_000_000;

    @Param({"bucket4j", "resilience4j"})
    private String library = "";

    @Param({"admitted", "denied"})
    private String outcome = "";

    /** What a token's requests are limited by. */
    @FunctionalInterface
    private interface Limits {
        boolean admit();
    }

    private final ConcurrentHashMap<String, Limits> limits = new ConcurrentHashMap<>();

    @Setup(Level.Trial)
    public void fill() {
        for (int i = 0; i < EdgeCheck.TOKENS; i++) {
            var unused = check("token-" + i);
        }
    }

    private boolean check(String token) {
        Limits known = limits.get(token);
        return (known == null ? limits.computeIfAbsent(token, this::limits) : known).admit();
    }

    private Limits limits(String token) {
        return library.equals("bucket4j") ? bucket() : limiters(token);
    }

    private int requests(Limit limit) {
        return outcome.equals("admitted") ? NEVER_REACHED : limit.requests;
    }

    private Limits bucket() {
        var builder = Bucket.builder();
        for (Limit limit : LIMITS) {
            int requests = requests(limit);
            builder.addLimit(bandwidth -> bandwidth.capacity(requests).refillIntervally(requests, limit.window));
        }
        Bucket bucket = builder.build();
        return () -> bucket.tryConsume(1);
    }

    private Limits limiters(String token) {
        RateLimiter[] limiters = LIMITS.stream()
                .map(limit -> RateLimiter.of(
                        token,
                        RateLimiterConfig.custom()
                                .limitForPeriod(requests(limit))
                                .limitRefreshPeriod(limit.window)
                                .timeoutDuration(Duration.ZERO)
                                .build()))
                .toArray(RateLimiter[]::new);
        return () -> {
            for (RateLimiter limiter : limiters) {
                if (!limiter.acquirePermission()) {
                    return false;
                }
            }
            return true;
        };
    }

    @Benchmark
    @OperationsPerInvocation(EdgeCheck.SIZE)
    public void check(EdgeCheck.Batch batch, Blackhole answers) {
        for (Request request : batch.requests()) {
            answers.consume(check(String.valueOf(request.token())));
        }
    }
}
