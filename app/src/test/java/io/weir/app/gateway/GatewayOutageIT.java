package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.LiveCluster;
import io.weir.app.admin.AdminTokens;
import io.weir.app.answer.Answering;
import io.weir.app.answer.Decider;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import io.weir.edge.EdgeNode;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients are told while there is no broker or no enforcer, and that requests are decided again afterwards. */
class GatewayOutageIT {
    /** The most a client waits for a decision; the client itself would wait fifty times as long. */
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    private Path data;

    private final AtomicInteger tokens = new AtomicInteger();

    private static String policy(String fail) {
        return """
            policy: example
            fail: %s
            rules:
              - { name: per-token, key: [token], limits: [1 per month] }
            responses:
              allowed: { headers: { X-Remaining: "{{remaining}}" } }
            """.formatted(fail);
    }

    /** A gateway before an upstream, with the policy brought along and the admin server beside it. */
    private record Surroundings(EchoUpstream upstream, EdgeNode edge, GatewayAdministration admin, Gateway gateway)
            implements AutoCloseable {
        static Surroundings start(String bootstrapServers, String yaml) throws IOException {
            Policy policy = PolicyReader.read("policy", yaml);
            EchoUpstream upstream = EchoUpstream.start();
            EdgeNode edge = EdgeNode.builder()
                    .bootstrapServers(bootstrapServers)
                    .timeout(TIMEOUT)
                    .plainTokens()
                    .build();
            GatewayAdministration admin = GatewayAdministration.start(
                    ANY_PORT, AdminTokens.NONE, edge, "example", List.of("example"), List::of);
            Answering answering = new Answering(
                            "example",
                            Decider.of(edge).meanwhile(Map.of("example", policy)),
                            Identities.of(List.of(), TrustedProxies.NONE),
                            InstantSource.system(),
                            null)
                    .heardBy(admin.decisions());
            GatewayConfig config = GatewayFixture.before(upstream.uri());
            Gateway gateway = Gateway.start(config, answering, token -> token, null, admin.requests());
            return new Surroundings(upstream, edge, admin, gateway);
        }

        HttpResponse<String> get(String token) throws IOException, InterruptedException {
            return ask("http://127.0.0.1:" + gateway.address().getPort() + "/a", "Authorization", "Bearer " + token);
        }

        String admin(String path) throws IOException, InterruptedException {
            return ask(admin.url() + path, "Accept", "*/*").body();
        }

        private static HttpResponse<String> ask(String url, String header, String value)
                throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .header(header, value)
                    .timeout(TIMEOUT.multipliedBy(50))
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        }

        @Override
        public void close() {
            gateway.close();
            admin.close();
            edge.close();
            upstream.close();
        }
    }

    private String newToken() {
        return "t" + tokens.incrementAndGet();
    }

    private static boolean decided(HttpResponse<String> answer) {
        return answer.statusCode() == 200
                && answer.headers().firstValue("X-Remaining").isPresent();
    }

    /** Requests are decided, and what is decided is counted. */
    private void assertDecides(Surroundings surroundings) {
        LiveCluster.patiently().until(() -> {
            String token = newToken();
            return decided(surroundings.get(token)) && surroundings.get(token).statusCode() == 429;
        });
    }

    private static void assertUndecided(HttpResponse<String> answer, String fail) {
        if (fail.equals("open")) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("served");
            assertThat(answer.headers().firstValue("X-Remaining")).isEmpty();
        } else {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
    }

    /** How many requests were answered for want of a decision, as the metrics have it. */
    private static double undecided(String metrics, String fail) {
        String series = "weir_gateway_decisions_total{domain=\"example\",outcome=\""
                + (fail.equals("open") ? "ALLOW" : "DENY") + "\",reason=\"UNAVAILABLE\"} ";
        return metrics.lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "closed"})
    void shouldAnswerInTimeWhileTheBrokerIsAwayAndDecideOnceItIsBack(String fail) throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            cluster.apply(policy(fail));
            // Given: in mid-flow
            try (Surroundings surroundings = Surroundings.start(cluster.bootstrapServers(), policy(fail))) {
                assertDecides(surroundings);

                // When
                cluster.stopBroker();

                // Then
                for (int i = 0; i < 5; i++) {
                    assertUndecided(surroundings.get(newToken()), fail);
                }
                LiveCluster.patiently()
                        .until(() -> surroundings.admin("/readyz").contains("no broker has answered for "));
                assertUndecided(surroundings.get(newToken()), fail);
                assertThat(undecided(surroundings.admin("/metrics"), fail)).isGreaterThanOrEqualTo(6);
                assertThat(surroundings.admin("/healthz")).isEqualTo("ok\n");

                // When
                cluster.startBroker();

                // Then
                assertDecides(surroundings);
                LiveCluster.patiently()
                        .until(() -> surroundings.admin("/readyz").equals("{\"ready\":true,\"reasons\":[]}\n"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "closed"})
    void shouldAnswerByThePolicyItBringsBeforeThereIsABroker(String fail) throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            cluster.apply(policy(fail));
            cluster.stopBroker();
            // Given: dead from the start
            try (Surroundings surroundings = Surroundings.start(cluster.bootstrapServers(), policy(fail))) {

                // Then
                assertUndecided(surroundings.get(newToken()), fail);
                assertThat(surroundings.admin("/readyz"))
                        .contains("\"ready\":false", "no answer from a broker at " + cluster.bootstrapServers());

                // When
                cluster.startBroker();

                // Then
                assertDecides(surroundings);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "closed"})
    void shouldAnswerInTimeWhileNoEnforcerRuns(String fail) throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            cluster.apply(policy(fail));
            try (Surroundings surroundings = Surroundings.start(cluster.bootstrapServers(), policy(fail))) {
                assertDecides(surroundings);

                // When
                cluster.stopEnforcer();

                // Then
                assertUndecided(surroundings.get(newToken()), fail);
                assertUndecided(surroundings.get(newToken()), fail);

                // When
                cluster.startEnforcer();

                // Then
                assertDecides(surroundings);
            }
        }
    }
}
