package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.broker.EmbeddedBroker;
import io.weir.edge.EdgeNode;
import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions awaited by an edge from an enforcer on a real broker. */
class EdgeDecideIT {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();

    private static final String TWO_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute, 5 per hour] }
            """;

    @TempDir
    private Path data;

    private static Request request(String token) {
        return new Request(
                null, NOON, "example", "GET", "/", null, token, null, null, null, null, 1, Map.of(), false, 0);
    }

    private static EdgeNode edge(String bootstrapServers, String name, Duration timeout) {
        return EdgeNode.builder()
                .bootstrapServers(bootstrapServers)
                .gateway(name)
                .timeout(timeout)
                .tokenHashKey("a key of at least sixteen bytes".getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static Decision await(CompletionStage<Decision> stage) throws InterruptedException, ExecutionException {
        return stage.toCompletableFuture().get();
    }

    @Test
    void shouldAnswerAsTheEnforcerDecides() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of());
                EdgeNode one = edge(cluster.bootstrapServers(), "one", LiveCluster.PATIENCE);
                EdgeNode two = edge(cluster.bootstrapServers(), "two", LiveCluster.PATIENCE)) {
            // Given
            cluster.apply(TWO_PER_MINUTE);
            assertThat(one.awaitReady(LiveCluster.PATIENCE)).isTrue();
            assertThat(two.awaitReady(LiveCluster.PATIENCE)).isTrue();
            LiveCluster.patiently().until(() -> one.registry().policy("example") != null);

            // When
            Decision first = await(one.decide(request("t1")));
            Decision second = await(two.decide(request("t1")));
            Decision third = await(one.decide(request("t1")));

            // Then
            assertThat(List.of(first.allowed(), second.allowed(), third.allowed()))
                    .containsExactly(true, true, false);
            assertThat(third.status()).isEqualTo(429);
            assertThat(third.retryAfterMs()).isEqualTo(60_000);
            assertThat(second.limits()).extracting(LimitUsage::remaining).containsExactly(0L, 3L);
            assertThat(one.health().ready()).isTrue();
            assertThat(one.health().reasons()).isEmpty();
        }
    }

    @Test
    void shouldChargeWhatWasAdmittedElsewhere() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of());
                EdgeNode edge = edge(cluster.bootstrapServers(), "one", LiveCluster.PATIENCE)) {
            // Given
            cluster.apply(TWO_PER_MINUTE);

            // When
            edge.report(request("t1"));
            edge.report(request("t1"));
            Decision decision = await(edge.decide(request("t1")));

            // Then
            assertThat(decision.reason()).isEqualTo(Reason.OVER_LIMIT);
            assertThat(await(edge.decide(request("t2"))).allowed()).isTrue();
        }
    }

    @Test
    void shouldAskOnceItIsReadyWhatCameBefore() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            // Given
            cluster.apply(TWO_PER_MINUTE);
            cluster.stopBroker();
            try (EdgeNode edge = edge(cluster.bootstrapServers(), "one", LiveCluster.PATIENCE)) {
                // When
                edge.report(request("t1"));
                edge.report(request("t1"));
                CompletionStage<Decision> third = edge.decide(request("t1"));
                CompletionStage<Decision> other = edge.decide(request("t2"));
                cluster.startBroker();

                // Then
                assertThat(await(third).reason()).isEqualTo(Reason.OVER_LIMIT);
                assertThat(await(other).reason()).isEqualTo(Reason.WITHIN_LIMITS);
            }
        }
    }

    @Test
    void shouldCountWhatItAdmittedUnansweredBeforeItWasReady() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            // Given
            cluster.apply(TWO_PER_MINUTE);
            cluster.stopBroker();
            try (EdgeNode edge = edge(cluster.bootstrapServers(), "one", Duration.ofMillis(100))) {
                // When
                Decision first = await(edge.decide(request("t1")));
                Decision second = await(edge.decide(request("t1")));
                cluster.startBroker();
                assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();
                LiveCluster.patiently().until(() -> edge.health().queued() == 0);

                // Then
                assertThat(List.of(first.reason(), second.reason())).containsOnly(Reason.UNAVAILABLE);
                assertThat(List.of(first.allowed(), second.allowed())).containsOnly(true);
            }
            try (EdgeNode other = edge(cluster.bootstrapServers(), "two", LiveCluster.PATIENCE)) {
                assertThat(await(other.decide(request("t1"))).reason()).isEqualTo(Reason.OVER_LIMIT);
            }
        }
    }

    @Test
    void shouldAnswerManyAtOnceEachItsOwn() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of());
                EdgeNode edge = edge(cluster.bootstrapServers(), "one", LiveCluster.PATIENCE)) {
            // Given
            cluster.apply(TWO_PER_MINUTE);
            assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();

            // When
            List<CompletionStage<Decision>> stages = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                stages.add(edge.decide(request("t" + i % 1_000)));
            }

            // Then
            int allowed = 0;
            for (CompletionStage<Decision> stage : stages) {
                allowed += await(stage).allowed() ? 1 : 0;
            }
            assertThat(allowed).isEqualTo(2_000);
        }
    }

    @Test
    void shouldFailOpenWhileNoBrokerAnswers() throws Exception {
        // Given
        String nowhere;
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0)) {
            nowhere = broker.bootstrapServers();
        }
        try (EdgeNode edge = edge(nowhere, "one", Duration.ofMillis(100))) {
            // When
            Decision decision = await(edge.decide(request("t1")));

            // Then
            assertThat(decision.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(decision.allowed()).isTrue();
            assertThat(edge.awaitReady(Duration.ZERO)).isFalse();
            assertThat(edge.health().live()).isTrue();
            assertThat(edge.health().ready()).isFalse();
            assertThat(edge.health().reasons()).anyMatch(reason -> reason.contains(nowhere));
        }
    }

    @Test
    void shouldFailAsThePolicySaysWhenNoEnforcerAnswers() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of());
                EdgeNode edge = edge(cluster.bootstrapServers(), "one", Duration.ofMillis(100))) {
            // Given
            cluster.apply("fail: closed\n" + TWO_PER_MINUTE);
            assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();
            LiveCluster.patiently().until(() -> edge.registry().policy("example") != null);
            cluster.stopEnforcer();

            // When
            Decision decision = await(edge.decide(request("t1")));

            // Then
            assertThat(decision.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(decision.allowed()).isFalse();
            assertThat(decision.status()).isEqualTo(503);
            assertThat(decision.retryAfterMs()).isEqualTo(1_000);
            cluster.startEnforcer();
        }
    }
}
