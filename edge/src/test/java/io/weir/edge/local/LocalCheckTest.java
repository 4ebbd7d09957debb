package io.weir.edge.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Request;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.PolicyReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The local check under pressure: many threads, and a table that is far too small. */
class LocalCheckTest {
    private static final long NOON = 1_767_268_800_000L;

    private static final String SIX_LIMITS = """
            policy: example
            rules:
              - { name: many, key: [token], limits: [100 per second, 200 per minute, 300 per hour, 400 per day] }
              - { name: week, key: [token], limits: [500 per week] }
              - { name: bucket, key: [token], limits: [{ limit: 600, per: 1h, algorithm: bucket }] }
            """;

    private static final String FIVE_WINDOWS = """
            policy: example
            rules:
              - { name: many, key: [token], limits: [100 per second, 200 per minute, 300 per hour, 400 per day] }
              - { name: week, key: [token], limits: [500 per week] }
            """;

    private static LocalCheck check(String yaml, int capacity) {
        Registry registry = new Registry();
        registry.apply(PolicyReader.read("policy", yaml));
        return new LocalCheck(registry, () -> NOON, capacity, UnaryOperator.identity());
    }

    private static Request request(String token) {
        return new Request(
                null, NOON, "example", "GET", "/", null, token, null, null, null, null, 1, Map.of(), false, 0);
    }

    @Test
    @Timeout(
            value = 60,
            threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a check that never ends is what this is about
    void shouldAnswerThoughTheTableIsFarTooSmall() {
        // Given
        LocalCheck check = check(SIX_LIMITS, 32);

        // When
        long allowed = IntStream.range(0, 20_000)
                .filter(i -> check.check(request("t" + i % 1_000)).allowed())
                .count();

        // Then
        assertThat(allowed).isEqualTo(20_000);
    }

    @Test
    void shouldFindLimitsInWhateverOrderTheyCame() {
        // Given: keys whose limits of routes and of all came in other orders, and one that gets one more in between
        LocalCheck check = check("""
                policy: example
                rules:
                  - { name: a, key: [token], match: "* /a", limits: [10 per minute] }
                  - { name: all, key: [token], limits: [20 per hour, 30 per day] }
                  - { name: b, key: [token], match: "* /b", limits: [40 per minute] }
                """, 1 << 10);

        // When
        List<Long> first = left(check, "t1", "/a", "/b", "/c", "/a", "/b");
        List<Long> second = left(check, "t2", "/b", "/a", "/a", "/c", "/b");
        List<Long> third = left(check, "t3", "/c", "/c", "/b", "/a", "/c");

        // Then: of the limit with the fewest hits left
        assertThat(first).containsExactly(9L, 18L, 17L, 8L, 15L);
        assertThat(second).containsExactly(19L, 9L, 8L, 16L, 15L);
        assertThat(third).containsExactly(19L, 18L, 17L, 9L, 15L);
    }

    private static List<Long> left(LocalCheck check, String token, String... paths) {
        return Arrays.stream(paths)
                .map(path -> check.check(new Request(
                        null, NOON, "example", "GET", path, null, token, null, null, null, null, 1, Map.of(), false,
                        0)))
                .map(EdgeAnswer::remaining)
                .toList();
    }

    @Test
    void shouldCountALateRequestAtTheEarliestTimeThatIsKnown() {
        // Given
        LocalCheck check = check("""
                policy: example
                rules:
                  - { name: tenth, key: [token], limits: [2 per 100ms] }
                """, 1 << 10);
        check.check(at(NOON + 3_600_000));

        // When
        EdgeAnswer late = check.check(at(NOON));

        // Then
        assertThat(late.allowed()).isTrue();
        assertThat(late.request().timestamp()).isEqualTo(NOON + 3_600_000);
        assertThat(late.remaining()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2 per minute", "2 per minute, 1000 per day"})
    void shouldCountALateRequestInItsOwnWindowWhereThatIsTheOneBefore(String limits) {
        // Given
        LocalCheck check = check("""
                policy: example
                rules:
                  - { name: minute, key: [token], limits: [LIMITS] }
                """.replace("LIMITS", limits), 1 << 10);
        long next = NOON + 60_000;
        check.check(at(NOON));
        check.check(at(next));

        // When
        EdgeAnswer late = check.check(at(next - 1));
        EdgeAnswer tooMany = check.check(at(next - 1));
        EdgeAnswer current = check.check(at(next));

        // Then
        assertThat(late.allowed()).isTrue();
        assertThat(late.resetAt()).isEqualTo(next);
        assertThat(tooMany.allowed()).isFalse();
        assertThat(current.allowed()).isTrue();
        assertThat(current.remaining()).isZero();
    }

    private static Request at(long time) {
        return request("t1").at(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {SIX_LIMITS, FIVE_WINDOWS})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldAdmitExactlyTheLimitWhateverTheNumberOfThreads(String policy) throws Exception {
        // Given
        LocalCheck check = check(policy, 1 << 12);
        ExecutorService threads = Executors.newFixedThreadPool(4);

        // When
        List<Future<Long>> counts = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            counts.add(threads.submit(() -> IntStream.range(0, 50_000)
                    .filter(i -> check.check(request("t" + i % 50)).allowed())
                    .count()));
        }
        long allowed = 0;
        for (Future<Long> count : counts) {
            allowed += count.get();
        }
        threads.shutdown();

        // Then
        assertThat(allowed).isEqualTo(50 * 100);
    }
}
