package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.weir.wire.PolicyDocuments;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir gateway} as its users run it. */
class GatewayCommandIT {
    private static final String ONE_PER_MONTH = """
        policy: example
        rules:
          - { name: per-token, key: [token], limits: [1 per month] }
        """;

    @TempDir
    private Path folder;

    @Test
    void shouldAnswerServersThatAskUntilItIsStopped() throws Exception {
        // Given
        Path key = Files.writeString(folder.resolve("token.key"), "a key of at least sixteen bytes\n");
        try (LiveCluster cluster = LiveCluster.start(folder.resolve("cluster"), Map.of())) {
            cluster.apply(ONE_PER_MONTH);
            try (GatewayProcess gateway = GatewayProcess.start(
                    folder,
                    "--domain=example",
                    "--bootstrap-server=" + cluster.bootstrapServers(),
                    "--token-key=" + key,
                    "--timeout=60s",
                    "--listen=127.0.0.1:0")) {
                String url = gateway.url("weir: forward-auth");

                // When
                int first = ForwardAuthClient.status(url, "t1");
                int second = ForwardAuthClient.status(url, "t1");
                int ready = ForwardAuthClient.status(gateway.url("weir: health and metrics on") + "/readyz", "t1");
                List<String> stopping = gateway.stop();

                // Then
                assertThat(url).startsWith("http://127.0.0.1:").endsWith("/auth");
                assertThat(gateway.printed()).anyMatch(line -> line.startsWith("weir: gRPC for Envoy on 127.0.0.1:"));
                assertThat(List.of(first, second, ready)).containsExactly(200, 429, 200);
                assertThat(stopping).containsExactly("weir: stopping");
            }
        }
    }

    @Test
    void shouldPutItsPolicyInForceAndAnswerByItBeforeAnUpstream() throws Exception {
        // Given
        HttpServer upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        upstream.start();
        Path policy = Files.writeString(folder.resolve("one.yaml"), ONE_PER_MONTH);
        try (LiveCluster cluster = LiveCluster.start(folder.resolve("cluster"), Map.of())) {
            cluster.apply(ONE_PER_MONTH.replace("[1 per month]", "[100 per month]"));
            String[] options = {
                "--policy=" + policy,
                "--upstream=http://127.0.0.1:" + upstream.getAddress().getPort(),
                "--listen=:0",
                "--bootstrap-server=" + cluster.bootstrapServers(),
                "--timeout=60s"
            };
            String version = "weir: policy example " + PolicyDocuments.version(ONE_PER_MONTH) + " of " + policy;
            try (GatewayProcess gateway = GatewayProcess.start(folder, options)) {
                String url = gateway.url("weir: gateway on").replace("0.0.0.0", "127.0.0.1");

                // When
                int first = ForwardAuthClient.status(url + "/a", "t1");
                int second = ForwardAuthClient.status(url + "/a", "t1");

                // Then
                assertThat(gateway.printed()).contains(version + " put in force");
                assertThat(gateway.printed()).anyMatch(line -> line.startsWith("weir: gateway on http://0.0.0.0:"));
                assertThat(gateway.printed().get(0)).startsWith("weir: made a key for tokens, ./data/token.key;");
                assertThat(List.of(first, second)).containsExactly(204, 429);
                gateway.stop();
            }

            // When
            try (GatewayProcess again = GatewayProcess.start(folder, options)) {
                int third = ForwardAuthClient.status(
                        again.url("weir: gateway on").replace("0.0.0.0", "127.0.0.1") + "/a", "t1");

                // Then
                assertThat(again.printed()).contains(version + " is in force").noneMatch(line -> line.contains("key"));
                assertThat(third).isEqualTo(429);
            }
        } finally {
            upstream.stop(0);
        }
    }

    @Test
    void shouldTellWhatIsWrongWithItsPolicyAndNotStart() throws Exception {
        // Given
        Path policy = Files.writeString(folder.resolve("bad.yaml"), ONE_PER_MONTH.replace("1 per month", "1 per moon"));

        // When
        Program run = Program.run(folder, "gateway", "--policy", policy.toString());

        // Then
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith(policy + ":3:").contains("found 'moon'");
    }

    @Test
    void shouldAskWhichApiItIsWhereItsPoliciesAreSeveral() throws Exception {
        // Given
        Path one = Files.writeString(folder.resolve("one.yaml"), ONE_PER_MONTH);
        Path two = Files.writeString(folder.resolve("two.yaml"), ONE_PER_MONTH.replace("example", "other"));
        String[] policies = {"gateway", "--policy", one.toString(), "--policy", two.toString()};

        // When
        Program none = Program.run(folder, policies);
        Program another = Program.run(
                folder,
                Stream.concat(Stream.of(policies), Stream.of("--domain=x")).toArray(String[]::new));

        // Then
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("API: expected --domain, one of [example, other], found none");
        assertThat(another.err()).contains("API: expected --domain, one of [example, other], found --domain x");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --plain-tokens --upstream ftp://x                 | upstream: expected http://HOST:PORT, https://… or h2c://…, found 'ftp://x'
        --plain-tokens --forward-auth-path auth           | forward-auth path: expected one like /auth, of letters, digits, and -._~, found 'auth'
        --plain-tokens --descriptor client_id             | descriptor entry: expected KEY=TARGET with
        --plain-tokens --identity acount=bearer           | identity: expected token, account, profile, device, user, plan
        --plain-tokens --trusted-proxies 10.0.0.0/99      | 10.0.0.0/99
        --plain-tokens --token-key k                      | tokens: expected either --token-key FILE, to hash them with before they leave, or --plain-tokens, found both
        --plain-tokens --fail maybe                       | 'maybe'
        --plain-tokens --listen nowhere                   | expected HOST:PORT like 127.0.0.1:8090 or [::1]:8090, or :8090 for every address, found 'nowhere'
        --token-key missing                               | --token-key missing: expected a file of text that can be read, found none
        """)
    void shouldExitWith2OnAWrongOptionAndTellWhatWasExpected(String options, String message) throws Exception {
        // Given
        List<String> arguments = new ArrayList<>(List.of("gateway", "--domain", "example"));
        arguments.addAll(List.of(options.split(" ")));

        // When
        Program run = Program.run(folder, arguments.toArray(String[]::new));

        // Then
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }
}
