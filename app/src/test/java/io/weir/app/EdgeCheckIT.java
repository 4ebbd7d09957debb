package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.edge.EdgeNode;
import io.weir.edge.local.EdgeAnswer;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions by edges themselves, which learn from an enforcer on a real broker what others have admitted. */
class EdgeCheckIT {
    /** Tomorrow's: an edge forgets windows that are over by its own clock. */
    private final long noon = Instant.now()
            .truncatedTo(ChronoUnit.DAYS)
            .plus(36, ChronoUnit.HOURS)
            .toEpochMilli();

    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [100 per minute, 150 per hour] }
            blocks:
              - { name: offenders, key: [ip], after: 5 per minute, for: 1 hour }
            """;

    /** What travels to another subject must not wait for the commit interval: no test lives to see it. */
    private static final Map<String, String> NEVER_BY_INTERVAL =
            Map.of("kafka.commit.interval.ms", "600000", "kafka.producer.transaction.timeout.ms", "900000");

    @TempDir
    private Path data;

    private LiveCluster cluster;
    private final List<EdgeNode> edges = new ArrayList<>();

    @BeforeEach
    void start() throws InterruptedException {
        cluster = LiveCluster.start(data, NEVER_BY_INTERVAL);
        cluster.apply(POLICY);
    }

    @AfterEach
    void stop() {
        edges.forEach(EdgeNode::close);
        cluster.close();
    }

    private EdgeNode edge(String name) {
        EdgeNode edge = EdgeNode.builder()
                .bootstrapServers(cluster.bootstrapServers())
                .gateway(name)
                .timeout(LiveCluster.PATIENCE)
                .staleAfter(Duration.ofSeconds(3))
                .tokenHashKey("a key of at least sixteen bytes".getBytes(StandardCharsets.UTF_8))
                .build();
        edges.add(edge);
        assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();
        LiveCluster.patiently()
                .until(() -> edge.registry().policy("example") != null
                        && edge.check(request("warm", "10.9.9.9", noon)).reason() == Reason.WITHIN_LIMITS);
        return edge;
    }

    private Request request(String token, String ip, long time) {
        return new Request(null, time, "example", "GET", "/", ip, token, null, null, null, null, 1, Map.of(), false, 0);
    }

    private long admitted(EdgeNode edge, String token, String ip, int requests) {
        long admitted = 0;
        for (int i = 0; i < requests; i++) {
            admitted += edge.check(request(token, ip, noon)).allowed() ? 1 : 0;
        }
        return admitted;
    }

    private long remaining(EdgeNode edge, String token) throws Exception {
        return edge.decide(request(token, "10.0.0.9", noon).withHits(0)).toCompletableFuture().get().limits().stream()
                .filter(limit -> limit.window().equals("minute"))
                .findFirst()
                .orElseThrow()
                .remaining();
    }

    @Test
    void shouldAdmitTheLimitAloneAndTellTheEnforcers() throws Exception {
        // Given
        EdgeNode edge = edge("one");

        // When
        long admitted = admitted(edge, "t1", "10.0.0.1", 103);

        // Then
        assertThat(admitted).isEqualTo(100);
        LiveCluster.patiently().until(() -> remaining(edge, "t1") == 0);
        assertThat(edge.health().reasons()).isEmpty();
        assertThat(edge.health().lostHits()).isZero();
        assertThat(edge.health().clockError()).isNotNull();
    }

    @Test
    void shouldLearnWhatOthersHaveAdmitted() throws Exception {
        // Given
        EdgeNode one = edge("one");
        EdgeNode two = edge("two");
        admitted(one, "t1", "10.0.0.1", 60);
        LiveCluster.patiently().until(() -> remaining(one, "t1") == 40);

        // When
        EdgeAnswer first = two.check(request("t1", "10.0.0.2", noon));

        // Then
        assertThat(first.remaining()).isEqualTo(99);
        LiveCluster.patiently()
                .until(() ->
                        two.check(request("t1", "10.0.0.2", noon).withHits(0)).remaining() == 39);
        assertThat(admitted(two, "t1", "10.0.0.2", 60)).isEqualTo(39);
    }

    @Test
    void shouldDenyWithAViewThatIsTooOldWhereThePolicyFailsClosedAndCatchUp() {
        // Given
        cluster.apply("fail: closed\n" + POLICY);
        EdgeNode edge = edge("one");
        MeterRegistry meters = new SimpleMeterRegistry();
        edge.meters(meters);

        // When
        cluster.stopBroker();

        // Then
        await(() -> edge.check(question()).reason() == Reason.UNAVAILABLE);
        EdgeAnswer unknown = edge.check(question());
        assertThat(unknown.allowed()).isFalse();
        assertThat(unknown.status()).isEqualTo(503);
        assertThat(unknown.retryAfterMs()).isEqualTo(1_000);
        assertThat(edge.health().stale()).isTrue();
        assertThat(edge.health().ready()).isTrue();
        assertThat(meters.get("weir.edge.view.age")
                        .tag("reader", "follow")
                        .timeGauge()
                        .value(TimeUnit.SECONDS))
                .isGreaterThanOrEqualTo(1);
        cluster.startBroker();
        await(() -> edge.check(question()).reason() == Reason.WITHIN_LIMITS);
        assertThat(meters.get("weir.edge.checks")
                        .tags("outcome", "deny", "reason", "UNAVAILABLE")
                        .functionCounter()
                        .count())
                .isPositive();
    }

    /** It has no hits, so that it is asked for again and again. */
    private Request question() {
        return request("t1", "10.0.0.1", noon).withHits(0);
    }

    private static void await(Callable<Boolean> condition) {
        LiveCluster.patiently().until(condition);
    }

    @Test
    void shouldBlockAtEveryEdgeWhoIsDeniedTooOftenAtOne() {
        // Given
        EdgeNode one = edge("one");
        EdgeNode two = edge("two");

        // When
        admitted(one, "t1", "10.0.0.1", 105);

        // Then
        for (EdgeNode each : List.of(one, two)) {
            LiveCluster.patiently()
                    .until(() ->
                            each.check(request("another", "10.0.0.1", noon)).reason() == Reason.BLOCKED);
        }
        EdgeAnswer blocked = two.check(request("another", "10.0.0.1", noon));
        assertThat(blocked.rule()).isEqualTo("offenders");
        assertThat(blocked.status()).isEqualTo(403);
        assertThat(blocked.resetAt()).isEqualTo(noon + 3_600_000);
        assertThat(two.check(request("another", "10.0.0.2", noon)).allowed()).isTrue();
    }
}
