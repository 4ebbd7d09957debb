package io.weir.edge.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Edges that share limits: each learns from the answers to what it feeds, here without a broker and with any delay. */
class LearningTest {
    private static final long NOON = 1_767_268_800_000L;

    private final InMemoryExecutor enforcer = new InMemoryExecutor();
    private final List<Edge> edges = new ArrayList<>();

    /** An edge whose events take a while to reach the enforcer, and the answers to come back. */
    private final class Edge {
        private final LocalCheck check;
        private final Ledger ledger;
        private final Deque<EdgeAnswer> outgoing = new ArrayDeque<>();

        /** When it asks again, if it has nothing to feed earlier. */
        private long asksAt = Lesson.NEVER;

        private record Coming(@Nullable Lesson lesson, Decision decision) {}

        private final Deque<Coming> incoming = new ArrayDeque<>();

        private Edge(Registry registry) {
            this.check = new LocalCheck(registry, () -> NOON, 1 << 12, UnaryOperator.identity());
            this.ledger = check.ledger();
        }

        boolean admits(Request request) {
            EdgeAnswer answer = check.check(request);
            outgoing.add(answer);
            return answer.allowed();
        }

        void feed() {
            for (EdgeAnswer answer = outgoing.poll(); answer != null; answer = outgoing.poll()) {
                Request request = answer.request();
                ledger.fed(request, answer.allowed());
                Lesson lesson = ledger.lesson(request);
                Request event = answer.allowed() ? request.asReport() : request;
                incoming.add(new Coming(lesson, enforcer.decide(event.withDetails())));
            }
        }

        void learn() {
            for (Coming coming = incoming.poll(); coming != null; coming = incoming.poll()) {
                if (coming.lesson != null) {
                    long again = coming.lesson.learn(coming.decision);
                    asksAt = again == Lesson.NEVER ? Lesson.NEVER : coming.decision.timestamp() + again;
                }
            }
        }
    }

    private void edges(int count, String limits) {
        Registry registry = new Registry();
        var policy = PolicyReader.read("policy", """
                policy: example
                rules:
                  - { name: all, key: [token], limits: [LIMITS] }
                """.replace("LIMITS", limits));
        registry.apply(policy);
        enforcer.apply(policy);
        for (int i = 0; i < count; i++) {
            edges.add(new Edge(registry));
        }
    }

    private static Request at(long time) {
        return new Request(
                null, time, "example", "GET", "/", null, "t1", null, null, null, null, 1, Map.of(), false, 0);
    }

    @Test
    void shouldKnowWhatAnotherHasAdmittedAfterItsOwnFirstAnswer() {
        // Given
        edges(2, "100 per minute");
        for (int i = 0; i < 60; i++) {
            edges.get(0).admits(at(NOON));
        }
        edges.get(0).feed();
        Edge edge = edges.get(1);
        edge.admits(at(NOON));

        // When
        edge.feed();
        edge.learn();

        // Then
        assertThat(edge.check.check(at(NOON).withHits(0)).remaining()).isEqualTo(39);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            limits,                                                        expected
            100 per minute,                                                100
            '{ limit: 100, per: 1m, algorithm: sliding }',                 100
            '{ limit: 100, per: 1m, align: first-hit }',                   100
            '{ limit: 100, per: 1d, algorithm: bucket }',                  100
            """)
    void shouldAdmitTheLimitTogetherWhereTheyLearnAtOnce(String limits, long expected) {
        // Given
        edges(8, limits);
        SplittableRandom random = new SplittableRandom(1);

        // When
        long admitted = 0;
        for (int i = 0; i < 1_000; i++) {
            Edge edge = edges.get(random.nextInt(edges.size()));
            // It learns from a question first, so that nobody knows less than all.
            edge.admits(at(NOON + 20L * i).withHits(0));
            edge.feed();
            edge.learn();
            admitted += edge.admits(at(NOON + 20L * i)) ? 1 : 0;
            edge.feed();
            edge.learn();
        }

        // Then
        assertThat(admitted).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            delay, limit
            1,     1000
            8,     1000
            80,    1000
            400,   1000
            """)
    void shouldExceedTheLimitByNoMoreThanComesWithinTheDelay(int delay, int limit) {
        // Given
        edges(8, limit + " per minute");

        // When
        int requests = 10 * limit;
        long admitted = 0;
        for (int i = 0; i < requests; i++) {
            admitted += edges.get(i % 8).admits(at(NOON + 60_000L * i / requests)) ? 1 : 0;
            if (i % delay == 0) {
                edges.forEach(Edge::feed);
                edges.forEach(Edge::learn);
            }
        }

        // Then
        assertThat(admitted).isBetween((long) limit, limit + delay + 8L);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            limit, times, most
            60,    2,     61
            60,    10,    61
            10,    2,     11
            600,   2,     601
            """)
    void shouldHardlyExceedALimitOfSparseRequestsForItAsksInTime(int limit, int times, long most) {
        // Given
        edges(8, limit + " per minute");
        int gap = 60_000 / limit / times;

        // When
        long admitted = 0;
        long asked = 0;
        for (int ms = 0; ms < 60_000; ms++) {
            for (Edge edge : edges) {
                if (edge.asksAt <= NOON + ms) {
                    edge.asksAt = Lesson.NEVER;
                    edge.admits(at(NOON + ms).withHits(0));
                    asked++;
                }
            }
            if (ms % gap == 0) {
                admitted += edges.get(ms / gap % 8).admits(at(NOON + ms)) ? 1 : 0;
            }
            edges.forEach(Edge::feed);
            edges.forEach(Edge::learn);
        }

        // Then
        assertThat(admitted).isBetween((long) limit, most);
        assertThat(asked).isBetween(1L, 8L * 20);
    }

    @Test
    void shouldAdmitTheLimitInTheNextWindowToo() {
        // Given
        edges(2, "100 per minute");
        for (int i = 0; i < 300; i++) {
            edges.get(i % 2).admits(at(NOON));
            edges.forEach(Edge::feed);
            edges.forEach(Edge::learn);
        }

        // When
        long admitted = 0;
        for (int i = 0; i < 300; i++) {
            admitted += edges.get(i % 2).admits(at(NOON + 60_000)) ? 1 : 0;
            edges.forEach(Edge::feed);
            edges.forEach(Edge::learn);
        }

        // Then
        assertThat(admitted).isBetween(100L, 102L);
    }
}
