package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.edge.EdgeNode;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight edges that share limits and blocks by way of an enforcer on a real broker, and what becomes of admitted hits when
 * Kafka is away. {@code make edge} runs the long forms: a minute in a minute's time, an outage of 30 s.
 */
class EdgesIT {
    /** Tomorrow's: an edge forgets windows that are over by its own clock. */
    private final long noon = Instant.now()
            .truncatedTo(ChronoUnit.DAYS)
            .plus(36, ChronoUnit.HOURS)
            .toEpochMilli();

    private static final int EDGES = 8;
    private static final int TOKENS = 50;
    private static final int LIMIT = 1_200;

    /** What may be admitted beyond a limit per minute; in haste as many times more comes within the feedback delay. */
    private static final long PERCENT = 5;

    /** How many times faster than event time the requests of the accuracy test come. */
    private static final int HASTE = Integer.getInteger("weir.edge.haste", 4);

    /** After every 100 requests: some 15,000 a second. */
    private static final long PACE_NANOS = 5_000_000;

    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("weir.edge.outage", 2));

    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [1000000 per day] }
              - { name: per-user, key: [user], limits: [1200 per minute] }
            blocks:
              - { name: offenders, key: [ip], of: { rules: [per-user] }, after: 3 per minute, for: 1 hour }
            """;

    @TempDir
    private Path data;

    private LiveCluster cluster;
    private final List<EdgeNode> edges = new ArrayList<>();

    @BeforeEach
    void start() throws InterruptedException {
        cluster = LiveCluster.start(data, Map.of());
        cluster.apply(POLICY);
    }

    @AfterEach
    void stop() {
        edges.forEach(EdgeNode::close);
        cluster.close();
    }

    private void edges(int count) {
        for (int i = 0; i < count; i++) {
            edges.add(EdgeNode.builder()
                    .bootstrapServers(cluster.bootstrapServers())
                    .gateway("edge-" + i)
                    .timeout(Duration.ofSeconds(5))
                    .plainTokens()
                    .build());
        }
        for (EdgeNode edge : edges) {
            assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();
            LiveCluster.patiently()
                    .until(() -> edge.check(request("warm", null, null, noon)).reason() == Reason.WITHIN_LIMITS);
        }
    }

    private Request request(@Nullable String token, @Nullable String user, @Nullable String ip, long time) {
        return new Request(null, time, "example", "GET", "/", ip, token, null, null, null, user, 1, Map.of(), false, 0);
    }

    @Test
    void shouldAdmitLittleMoreThanTheLimitTogetherAtTwiceTheLimit() {
        // Given
        edges(EDGES);
        long begin = System.nanoTime();

        // When
        int requests = 2 * LIMIT;
        long admitted = 0;
        for (int i = 0; i < requests; i++) {
            long time = 60_000L * i / requests;
            pauseUntil(begin + time * 1_000_000 / HASTE);
            EdgeNode edge = edges.get(i % EDGES);
            admitted +=
                    edge.check(request(null, "u1", "10.0.0." + i, noon + time)).allowed() ? 1 : 0;
        }

        // Then
        assertThat(admitted).isBetween((long) LIMIT, LIMIT * (100L + PERCENT * HASTE) / 100);
    }

    private static void pauseUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Test
    void shouldApplyABlockAtEveryEdge() {
        // Given
        edges(EDGES);
        EdgeNode first = edges.get(0);
        first.check(request(null, "u1", null, noon).withHits(LIMIT));

        // When
        for (int i = 0; i < 3; i++) {
            assertThat(first.check(request(null, "u1", "10.0.0.1", noon)).reason())
                    .isEqualTo(Reason.OVER_LIMIT);
        }

        // Then
        for (EdgeNode edge : edges) {
            LiveCluster.patiently()
                    .until(() ->
                            edge.check(request("other", null, "10.0.0.1", noon)).reason() == Reason.BLOCKED);
        }
    }

    @Test
    void shouldLoseNoAdmittedHitsWhileKafkaIsAway() throws Exception {
        // Given
        edges(2);
        EdgeNode edge = edges.get(0);
        long admitted = load(edge, 1_000);
        cluster.stopBroker();

        // When
        long until = System.nanoTime() + OUTAGE.toNanos();
        while (System.nanoTime() < until) {
            admitted += load(edge, 100);
            LockSupport.parkNanos(PACE_NANOS);
        }
        cluster.startBroker();
        admitted += load(edge, 1_000);

        // Then
        long expected = admitted;
        LiveCluster.patiently()
                .atMost(LiveCluster.PATIENCE.plus(OUTAGE.multipliedBy(6)))
                .until(() -> counted(edges.get(1)), counted -> counted >= expected);
        LiveCluster.patiently()
                .until(() -> edge.health().queued() == 0 && edge.health().unacknowledged() == 0);
        assertThat(counted(edges.get(1))).isEqualTo(expected);
        assertThat(edge.health().lostHits()).isZero();
        LiveCluster.patiently().until(() -> edge.health().reasons(), List::isEmpty);
    }

    private long load(EdgeNode edge, int requests) {
        long admitted = 0;
        for (int i = 0; i < requests; i++) {
            admitted += edge.check(request("t" + i % TOKENS, null, null, noon)).allowed() ? 1 : 0;
        }
        return admitted;
    }

    /** What the enforcers have counted of all tokens. */
    private long counted(EdgeNode edge) throws Exception {
        long counted = 0;
        for (int i = 0; i < TOKENS; i++) {
            var decision = edge.decide(request("t" + i, null, null, noon).withHits(0))
                    .toCompletableFuture()
                    .get();
            if (decision.binding() == null) {
                return -1;
            }
            counted += 1_000_000 - decision.binding().remaining();
        }
        return counted;
    }
}
