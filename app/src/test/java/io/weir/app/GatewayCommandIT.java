package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    private static int status(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer t1")
                .header("X-Forwarded-Method", "GET")
                .header("X-Forwarded-Uri", "/a")
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void shouldAnswerServersThatAskUntilItIsStopped() throws Exception {
        // Given
        Path key = Files.writeString(folder.resolve("token.key"), "a key of at least sixteen bytes\n");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.weir.app.Main", "gateway"));
        try (LiveCluster cluster = LiveCluster.start(folder.resolve("data"), Map.of())) {
            cluster.apply(ONE_PER_MONTH);
            command.addAll(List.of("--domain", "example", "--bootstrap-server", cluster.bootstrapServers()));
            command.addAll(List.of("--token-key", key.toString(), "--timeout", "60s"));
            command.addAll(List.of("--listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0"));
            Process process = new ProcessBuilder(command)
                    .redirectError(folder.resolve("err").toFile())
                    .start();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String checks = out.readLine();
                String grpc = out.readLine();
                String stops = out.readLine();
                String url = checks.substring(checks.indexOf("http://"));

                // When
                int first = status(url);
                int second = status(url);
                process.toHandle().destroy();
                boolean ended = process.waitFor(LiveCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);

                // Then
                assertThat(checks)
                        .startsWith("weir: forward-auth on http://127.0.0.1:")
                        .endsWith("/auth");
                assertThat(grpc).startsWith("weir: gRPC for Envoy on 127.0.0.1:");
                assertThat(stops).isEqualTo("weir: Ctrl-C stops");
                assertThat(List.of(first, second)).containsExactly(200, 429);
                assertThat(ended).isTrue();
                assertThat(out.lines()).containsExactly("weir: stopping");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --plain-tokens --upstream ftp://x                 | upstream: expected http://HOST:PORT, https://… or h2c://…, found 'ftp://x'
            --plain-tokens --forward-auth-path auth           | forward-auth path: expected one like /auth, of letters, digits, and -._~, found 'auth'
            --plain-tokens --descriptor client_id             | descriptor entry: expected KEY=TARGET with
            --plain-tokens --identity acount=bearer           | identity: expected token, account, profile, device, user, plan
            --plain-tokens --trusted-proxies 10.0.0.0/99      | 10.0.0.0/99
            --timeout 1s                                      | tokens: expected either --token-key FILE, to hash them with before they leave, or --plain-tokens, found neither
            --token-key missing                               | --token-key missing: expected a file that can be read, found none
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
