package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.LiveCluster;
import io.weir.app.answer.Answering;
import io.weir.app.answer.Decider;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import io.weir.edge.EdgeNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds for every server that asks the gateway about its requests: with the shipped example as its configuration, an
 * enforcer on a real broker and the vendors' policies, clients are told what the vendors tell. All happens at 12:00:12, so that
 * no minute ends in between; each test's client has an address of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerInFront {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:12Z");

    /** Where the server itself is: its clients, at 127.0.0.2 and so on, it must tell of. */
    private static final TrustedProxies THE_SERVER = TrustedProxies.of(List.of("127.0.0.1"));

    @TempDir
    private Path folder;

    private LiveCluster cluster;
    private EdgeNode edge;
    private EchoUpstream api;

    /** Starts the server with its example. */
    abstract ServerProcess start(Path in, InetSocketAddress gateway, InetSocketAddress api) throws IOException;

    /** What the status line of a denial by Nexudus's policy says. */
    abstract String nexudusReason();

    /** The status of a request while there is no gateway to ask. */
    abstract String statusWithoutGateway();

    @BeforeAll
    void begin(@TempDir Path data) throws Exception {
        cluster = LiveCluster.start(data, Map.of());
        for (String vendor : List.of("onboardinghub", "nexudus")) {
            cluster.apply(Files.readString(Path.of("../policies/" + vendor + ".yaml")));
        }
        edge = EdgeNode.builder()
                .bootstrapServers(cluster.bootstrapServers())
                .timeout(LiveCluster.PATIENCE)
                .plainTokens()
                .build();
        assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();
        LiveCluster.patiently()
                .until(() -> edge.registry().policy("onboardinghub") != null
                        && edge.registry().policy("nexudus") != null);
        api = EchoUpstream.start();
    }

    @AfterAll
    void end() {
        if (api != null) {
            api.close();
        }
        if (edge != null) {
            edge.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private Gateway gateway(String domain) {
        Answering answering = new Answering(
                domain, Decider.of(edge), Identities.passedOn(List.of(), THE_SERVER), InstantSource.fixed(NOON), null);
        GatewayConfig config = new GatewayConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                URI.create("http://127.0.0.1:1"),
                Duration.ofSeconds(20),
                Duration.ofSeconds(1),
                TrustedProxies.NONE,
                false,
                false);
        return Gateway.start(config, answering, token -> token, new Checks("/auth", THE_SERVER, answering));
    }

    private ServerProcess server(Gateway gateway) throws IOException {
        api.forget();
        return start(
                folder,
                gateway.address(),
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), api.uri().getPort()));
    }

    private static String ask(ServerProcess server, String from, String request, String... headers) throws IOException {
        String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return RawHttp.send(
                InetAddress.getByName(from),
                server.address(),
                request + " HTTP/1.1\r\nHost: api.example.com\r\n" + lines + "Connection: close\r\n\r\n");
    }

    private static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    /** Names of headers mean the same in any case, and servers spell them differently. */
    private static void assertHeaders(String response, String... lines) {
        assertThat(response.substring(0, response.indexOf("\r\n\r\n") + 2)).containsIgnoringCase("HTTP/1.1 ");
        for (String line : lines) {
            assertThat(response).containsIgnoringCase("\r\n" + line + "\r\n");
        }
    }

    @Test
    void shouldPassARequestOnAndTellWhatIsLeft() throws IOException {
        try (Gateway gateway = gateway("onboardinghub");
                ServerProcess server = server(gateway)) {
            // When
            String response = RawHttp.send(
                    server.address(),
                    "POST /api/v1/members?a=b HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer pass\r\n"
                            + "Content-Length: 5\r\nConnection: close\r\n\r\nhello");

            // Then
            assertThat(RawHttp.statusLine(response)).isEqualTo("HTTP/1.1 200 OK");
            assertThat(body(response)).isEqualTo("served");
            assertHeaders(response, "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 59");
            assertHeaders(response, "X-RateLimit-Reset: 1767268860");
            assertThat(api.got()).hasSize(1);
            assertThat(api.last().method()).isEqualTo("POST");
            assertThat(api.last().target()).isEqualTo("/api/v1/members?a=b");
            assertThat(api.last().body()).isEqualTo("hello");
            assertThat(api.last().header("authorization")).isEqualTo("Bearer pass");
        }
    }

    @Test
    void shouldPassWhatNoRuleCounts() throws IOException {
        try (Gateway gateway = gateway("onboardinghub");
                ServerProcess server = server(gateway)) {
            // When
            String response = ask(server, "127.0.0.1", "GET /public");

            // Then
            assertThat(RawHttp.statusLine(response)).isEqualTo("HTTP/1.1 200 OK");
            assertThat(body(response)).isEqualTo("served");
            assertThat(response).doesNotContainIgnoringCase("X-RateLimit").doesNotContain("{http.");
        }
    }

    @Test
    void shouldThrottleAsOnboardingHubDoesAndThenBlockTheAddress() throws IOException {
        try (Gateway gateway = gateway("onboardinghub");
                ServerProcess server = server(gateway)) {
            // Given
            for (int i = 0; i < 60; i++) {
                String response = ask(server, "127.0.0.2", "GET /api/v1/x", "Authorization: Bearer throttled");
                assertThat(RawHttp.statusLine(response)).isEqualTo("HTTP/1.1 200 OK");
            }

            // When
            String throttled = ask(server, "127.0.0.2", "POST /api/v1/x", "Authorization: Bearer throttled");

            // Then
            assertThat(RawHttp.statusLine(throttled)).isEqualTo("HTTP/1.1 429 Too Many Requests");
            assertHeaders(throttled, "Retry-After: 48", "Content-Type: application/json");
            assertHeaders(throttled, "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 0");
            assertHeaders(throttled, "X-RateLimit-Reset: 1767268860");
            assertThat(throttled).doesNotContainIgnoringCase("weir-");
            assertThat(body(throttled)).isEqualTo("""
                    {
                      "error": {
                        "type": "rate_limited",
                        "message": "Too many requests. Please retry later."
                      }
                    }""");
            assertThat(api.got()).hasSize(60);

            // When
            for (int i = 0; i < 9; i++) {
                ask(server, "127.0.0.2", "GET /api/v1/x", "Authorization: Bearer throttled");
            }
            LiveCluster.patiently()
                    .until(() -> RawHttp.statusLine(
                                    ask(server, "127.0.0.2", "GET /api/v1/x", "Authorization: Bearer another"))
                            .contains(" 403 "));
            String blocked = ask(server, "127.0.0.2", "GET /api/v1/x", "Authorization: Bearer another");
            String elsewhere = ask(server, "127.0.0.3", "GET /api/v1/x", "Authorization: Bearer elsewhere");

            // Then
            assertThat(RawHttp.statusLine(blocked)).isEqualTo("HTTP/1.1 403 Forbidden");
            assertHeaders(blocked, "Content-Type: application/json");
            assertThat(body(blocked)).isEqualTo("""
                    {
                      "error": "Access denied. Your IP has been temporarily blocked due to excessive requests."
                    }""");
            assertThat(RawHttp.statusLine(elsewhere)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void shouldThrottleAsNexudusDoesWhateverTheClientSaysOfTheRequest() throws IOException {
        try (Gateway gateway = gateway("nexudus");
                ServerProcess server = server(gateway)) {
            // Given
            String entries = "GET /api/sys/AuditTrailEntries?page=1";
            ask(server, "127.0.0.4", entries, "Authorization: Bearer nexudus");

            // When
            String throttled = ask(
                    server,
                    "127.0.0.4",
                    entries,
                    "Authorization: Bearer nexudus",
                    "X-Original-Method: OPTIONS",
                    "X-Original-URI: /api/business",
                    "X-Forwarded-Method: OPTIONS",
                    "X-Forwarded-Uri: /api/business",
                    "X-Forwarded-For: 192.0.2.1",
                    "Weir-Answer: eyJzdGF0dXMiOjIwMH0");

            // Then
            assertThat(RawHttp.statusLine(throttled)).isEqualTo("HTTP/1.1 409 " + nexudusReason());
            assertHeaders(throttled, "Cache-Control: no-cache", "Pragma: no-cache", "Expires: -1", "Retry-After: 48");
            assertThat(body(throttled)).isEmpty();
            assertThat(api.got()).hasSize(1);
        }
    }

    @Test
    void shouldRefuseAPathThatServersReadDifferently() throws IOException {
        try (Gateway gateway = gateway("nexudus");
                ServerProcess server = server(gateway)) {
            // When
            String refused = ask(server, "127.0.0.1", "GET /api/business/%2e%2e/sys/audittrailentries");

            // Then
            assertThat(RawHttp.statusLine(refused)).startsWith("HTTP/1.1 400 ");
            assertThat(body(refused)).contains("expected a path without ..");
            assertThat(api.got()).isEmpty();
        }
    }

    @Test
    void shouldDoAsItsConfigurationSaysWhileThereIsNoGateway() throws IOException {
        // Given
        Gateway gateway = gateway("nexudus");
        try (ServerProcess server = server(gateway)) {
            gateway.close();

            // When
            String response = ask(server, "127.0.0.1", "GET /api/v1/x");

            // Then
            assertThat(RawHttp.statusLine(response)).isEqualTo("HTTP/1.1 " + statusWithoutGateway());
        }
    }
}
