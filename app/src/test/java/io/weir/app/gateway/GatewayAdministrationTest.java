package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.InMemoryDecider;
import io.weir.app.LiveCluster;
import io.weir.app.UserException;
import io.weir.app.admin.AdminTokens;
import io.weir.app.answer.Answering;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import io.weir.edge.EdgeNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a gateway tells of itself, without a broker. */
@Execution(ExecutionMode.CONCURRENT)
class GatewayAdministrationTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String ONE_PER_MINUTE = """
        policy: example
        rules:
          - { name: per-token, key: [token], limits: [1 per minute] }
        """;

    private EdgeNode edge;
    private EchoUpstream upstream;
    private GatewayAdministration admin;
    private Gateway gateway;

    @BeforeEach
    void start() throws IOException {
        edge = EdgeNode.builder().bootstrapServers("127.0.0.1:1").plainTokens().build();
        upstream = EchoUpstream.start();
        admin = GatewayAdministration.start(
                ANY_PORT,
                AdminTokens.NONE,
                edge,
                "example",
                List.of("example"),
                () -> List.of("orders.yaml: not in force yet"));
        Answering answering = new Answering(
                        "example",
                        InMemoryDecider.of(ONE_PER_MINUTE),
                        Identities.of(List.of(), TrustedProxies.NONE),
                        new TestClock(GatewayFixture.NOON),
                        null)
                .heardBy(admin.decisions());
        GatewayConfig config = GatewayFixture.before(upstream.uri());
        gateway = Gateway.start(config, answering, token -> token, null, admin.requests());
    }

    @AfterEach
    void stop() {
        gateway.close();
        admin.close();
        upstream.close();
        edge.close();
    }

    @Test
    void shouldNotListenForOthersWhenAnybodyCouldAsk() {
        assertThatThrownBy(() -> GatewayAdministration.start(
                        new InetSocketAddress("0.0.0.0", 0), AdminTokens.NONE, edge, "example", List.of(), List::of))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected an address of the loopback interface, or --admin-tokens FILE");
    }

    private String get(String path) throws IOException {
        URI url = URI.create(admin.url());
        return RawHttp.get(new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort()), path);
    }

    @Test
    void shouldBeAliveAndSayWhyItIsNotReady() throws IOException {
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nok\n");
        assertThat(get("/readyz"))
                .startsWith("HTTP/1.1 503 ")
                .contains(
                        "\"ready\":false",
                        "weir-edge-follow has no answer from a broker at 127.0.0.1:1",
                        "orders.yaml: not in force yet")
                .doesNotContain("draining");
    }

    @Test
    void shouldSayThatItIsDraining() throws IOException {
        // When
        admin.draining();

        // Then
        assertThat(get("/readyz")).startsWith("HTTP/1.1 503 ").contains("draining: requests in flight are being ended");
    }

    @Test
    void shouldCountRequestsAndDecisions() throws IOException {
        // Given
        String token = "X-Api-Key: t1";
        RawHttp.get(gateway.address(), "/a", token);
        RawHttp.get(gateway.address(), "/a", token);
        RawHttp.get(gateway.address(), "/a", token);
        RawHttp.get(gateway.address(), "/a/../b", token);
        RawHttp.send(gateway.address(), "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n");

        // When: a request is counted after its answer is sent
        LiveCluster.patiently()
                .until(() ->
                        get("/metrics").contains("weir_gateway_requests_total{outcome=\"denied\",status=\"429\"} 2.0"));
        String metrics = get("/metrics");

        // Then
        assertThat(metrics)
                .contains("weir_gateway_requests_total{outcome=\"passed\",status=\"200\"} 1.0\n")
                .contains("weir_gateway_requests_total{outcome=\"refused\",status=\"400\"} 2.0\n")
                .contains("weir_gateway_decisions_total{domain=\"example\",outcome=\"ALLOW\",reason=\"WITHIN_LIMITS\"}"
                        + " 1.0\n")
                .contains(
                        "weir_gateway_decisions_total{domain=\"example\",outcome=\"DENY\",reason=\"OVER_LIMIT\"} 2.0\n")
                .contains("weir_gateway_decision_wait_seconds_count 3\n")
                .contains("weir_gateway_decision_wait_seconds_bucket{le=\"0.005\"} ")
                .contains("weir_blocks 0.0\n", "weir_policies 0.0\n", "weir_ready 0.0\n")
                .contains("weir_edge_feed_queued{gateway=", "weir_edge_view_age_seconds{gateway=")
                .contains("jvm_memory_used_bytes");
    }
}
