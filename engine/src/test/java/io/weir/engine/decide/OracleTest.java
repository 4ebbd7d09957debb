package io.weir.engine.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine against an oracle that keeps every admitted hit in a list and counts anew each time. */
class OracleTest {
    private static final long START = 1_700_000_000_000L;

    /** A limit as the oracle sees it. */
    private record Quota(String text, String algorithm, long limit, long windowMs, long burst) {}

    private static final List<Quota> QUOTAS = List.of(
            new Quota("7 per 10 seconds", "fixed", 7, 10_000, 0),
            new Quota("20 per minute", "fixed", 20, 60_000, 0),
            new Quota("2 per 100ms", "fixed", 2, 100, 0),
            new Quota("{ name: s, limit: 9, per: 15s, algorithm: sliding }", "sliding", 9, 15_000, 0),
            new Quota("{ name: b, limit: 30, per: 1m, algorithm: bucket, burst: 6 }", "bucket", 30, 60_000, 6));

    private record Hit(long time, long units) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldDecideAsTheOracle(long seed) {
        // Given
        SplittableRandom random = new SplittableRandom(seed);
        List<Quota> quotas =
                QUOTAS.stream().filter(quota -> random.nextBoolean()).toList();
        quotas = quotas.isEmpty() ? QUOTAS : quotas;
        InMemoryExecutor executor = new InMemoryExecutor();
        executor.apply(PolicyReader.read(
                "policy",
                "policy: example\nrules: [{ name: r, key: [token], limits: ["
                        + String.join(", ", quotas.stream().map(Quota::text).toList()) + "] }]"));
        boolean bucket = quotas.stream().anyMatch(quota -> quota.algorithm().equals("bucket"));
        Map<String, List<Hit>> admitted = new HashMap<>();
        long now = START;

        for (int i = 0; i < 2_000; i++) {
            now += random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(300);
            // a bucket's refill depends on the order of events, which the oracle's list does not keep
            long late = bucket || random.nextInt(8) > 0 ? 0 : random.nextInt(40_000);
            long hits = 1L + (random.nextInt(10) == 0 ? random.nextInt(3) : 0);
            String token = "t" + random.nextInt(2);
            Request request = Requests.hits(now - late, token, hits);
            List<Hit> known = admitted.computeIfAbsent(token, first -> new ArrayList<>());

            // When
            Decision decision = executor.decide(request);

            // Then
            long at = request.timestamp();
            boolean expected = quotas.stream().allMatch(quota -> room(quota, known, at, hits));
            assertThat(decision.allowed())
                    .as("seed %d, request %d, %s, %s", seed, i, quotas, request)
                    .isEqualTo(expected);
            boolean fitsEver =
                    quotas.stream().allMatch(quota -> hits <= (quota.burst() > 0 ? quota.burst() : quota.limit()));
            if (!expected && fitsEver) {
                long wait = decision.retryAfterMs();
                assertThat(quotas.stream().allMatch(quota -> room(quota, known, at + wait, hits)))
                        .as("seed %d, request %d: fits after %d ms", seed, i, wait)
                        .isTrue();
                assertThat(quotas.stream().allMatch(quota -> room(quota, known, at + wait - 1, hits)))
                        .as("seed %d, request %d: does not fit a ms earlier than %d ms", seed, i, wait)
                        .isFalse();
            } else if (expected) {
                known.add(new Hit(at, hits));
            }
        }
    }

    private static boolean room(Quota quota, List<Hit> hits, long at, long units) {
        return switch (quota.algorithm()) {
            case "fixed" -> in(hits, start(quota, at), quota.windowMs()) + units <= quota.limit();
            case "sliding" -> {
                long start = start(quota, at);
                long previous = in(hits, start - quota.windowMs(), quota.windowMs());
                long weighted = previous * (quota.windowMs() - (at - start)) / quota.windowMs();
                yield weighted + in(hits, start, quota.windowMs()) + units <= quota.limit();
            }
            default -> bucket(quota, hits, at) >= units * quota.windowMs();
        };
    }

    private static long start(Quota quota, long at) {
        return at - at % quota.windowMs();
    }

    private static long in(List<Hit> hits, long start, long length) {
        return hits.stream()
                .filter(hit -> hit.time() >= start && hit.time() < start + length)
                .mapToLong(Hit::units)
                .sum();
    }

    /** What is in the bucket, in units of 1/window of a hit, by letting every hit happen again. */
    private static long bucket(Quota quota, List<Hit> hits, long at) {
        long capacity = quota.burst() * quota.windowMs();
        long level = capacity;
        long last = 0;
        for (Hit hit : hits) {
            level = last == 0 ? capacity : Math.min(capacity, level + (hit.time() - last) * quota.limit());
            level -= hit.units() * quota.windowMs();
            last = hit.time();
        }
        return last == 0 ? capacity : Math.min(capacity, level + (at - last) * quota.limit());
    }
}
