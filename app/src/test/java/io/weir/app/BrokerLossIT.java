package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.app.admin.Administration;
import io.weir.app.broker.EmbeddedBroker;
import io.weir.edge.EdgeNode;
import io.weir.engine.Decision;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker goes away, comes back, and stays away. */
class BrokerLossIT {
    private static final long NOON = 1_767_268_800_000L;
    private static final Map<String, String> SETTINGS = Map.of("partitions", "1", "commit.interval.ms", "20");

    @TempDir
    private Path data;

    private static String ready(Administration admin) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(admin.url() + "/readyz"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static Decision decide(EdgeNode edge) throws Exception {
        return edge.decide(new Request(
                        null, NOON, "example", "GET", "/", null, "t1", null, null, null, null, 1, Map.of(), false, 0))
                .toCompletableFuture()
                .get();
    }

    private Enforcer enforcer(EmbeddedBroker broker) throws InterruptedException {
        Enforcer enforcer =
                Enforcer.start(EnforcerConfig.of(broker.bootstrapServers(), data.resolve("state"), SETTINGS));
        assertThat(enforcer.awaitRunning(LiveCluster.PATIENCE)).isTrue();
        return enforcer;
    }

    @Test
    void shouldSayThatThereIsNoBrokerAndGoOnWhenThereIsOneAgain() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(data.resolve("broker"), 0);
        try (Administration admin = Administration.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InstantSource.system());
                Enforcer enforcer = enforcer(broker);
                EdgeNode edge = EdgeNode.builder()
                        .bootstrapServers(broker.bootstrapServers())
                        .gateway("one")
                        .plainTokens()
                        .timeout(Duration.ofSeconds(2))
                        .build()) {
            // Given
            admin.serve(enforcer);
            admin.started();
            assertThat(ready(admin)).isEqualTo("{\"ready\":true,\"reasons\":[]}\n");
            await().atMost(LiveCluster.PATIENCE).until(() -> decide(edge).reason() == Reason.NO_POLICY);

            // When
            broker.close();

            // Then
            await().atMost(LiveCluster.PATIENCE)
                    .until(
                            () -> ready(admin)
                                    .equals(
                                            "{\"ready\":false,\"reasons\":[\"the enforcer has no connection to any broker\"]}\n"));
            assertThat(decide(edge).reason()).isEqualTo(Reason.UNAVAILABLE);

            // And when it comes back
            broker = EmbeddedBroker.start(data.resolve("broker"), broker.port());
            await().atMost(LiveCluster.PATIENCE).until(() -> ready(admin).equals("{\"ready\":true,\"reasons\":[]}\n"));
            await().atMost(LiveCluster.PATIENCE).until(() -> decide(edge).reason() == Reason.NO_POLICY);
        } finally {
            broker.close();
        }
    }

    @Test
    void shouldCloseThoughTheBrokerStaysAway() throws Exception {
        // Given
        EmbeddedBroker broker = EmbeddedBroker.start(data.resolve("broker"), 0);
        Enforcer enforcer = enforcer(broker);
        broker.close();
        await().atMost(LiveCluster.PATIENCE).until(() -> !enforcer.connected());

        // When
        Thread closing = new Thread(enforcer::close);
        closing.start();

        // Then
        await().atMost(LiveCluster.PATIENCE).until(() -> !closing.isAlive());
    }
}
