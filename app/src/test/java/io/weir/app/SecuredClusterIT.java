package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.edge.EdgeNode;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every component over TLS, each under a name of its own with the rights of its role and no more. */
class SecuredClusterIT {
    private static final long NOON = 1_767_268_800_000L;

    private static final String TWO_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            """;

    @TempDir
    private Path folder;

    private static Request request(String token) {
        return new Request(
                null, NOON, "example", "GET", "/", null, token, null, null, null, null, 1, Map.of(), false, 0);
    }

    private static void grant(SecuredBroker broker, String role, String user) throws Exception {
        Program granted =
                broker.run(SecuredBroker.ADMIN, "acls", "--role", role, "--principal", "User:" + user, "--apply");
        assertThat(granted.err()).isEmpty();
        assertThat(granted.out()).endsWith(" rights granted\n");
    }

    private Process enforcer(SecuredBroker broker) throws Exception {
        Path none = Files.createDirectories(folder.resolve("none"));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.weir.app.Main",
                "run",
                "--policies",
                none.toString(),
                "--admin-listen",
                "127.0.0.1:0",
                "--data",
                folder.resolve("enforcer").toString(),
                "--bootstrap-server",
                broker.bootstrapServers(),
                "--config",
                broker.config(SecuredBroker.ENFORCER).toString());
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("enforcer.err").toFile())
                .start();
    }

    @Test
    void shouldRunEveryComponentWithItsOwnRightsAlone() throws Exception {
        try (SecuredBroker broker = SecuredBroker.start(folder)) {
            // Given
            grant(broker, "enforcer", SecuredBroker.ENFORCER);
            grant(broker, "gateway", SecuredBroker.GATEWAY);
            grant(broker, "operator", SecuredBroker.OPERATOR);
            Process enforcer = enforcer(broker);
            List<String> printed = new ArrayList<>();
            BufferedReader out = enforcer.inputReader(StandardCharsets.UTF_8);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                printed.add(line);
                if (line.contains("Ctrl-C stops")) {
                    break;
                }
            }
            String shown = enforcer.info().commandLine().orElse("");

            // When
            Path policy = Files.writeString(folder.resolve("p.yaml"), TWO_PER_MINUTE);
            Program applied = broker.run(SecuredBroker.OPERATOR, "policy", "apply", policy.toString());
            List<Boolean> allowed = new ArrayList<>();
            try (EdgeNode edge = EdgeNode.builder()
                    .bootstrapServers(broker.bootstrapServers())
                    .gateway("one")
                    .timeout(LiveCluster.PATIENCE)
                    .plainTokens()
                    .client(broker.client(SecuredBroker.GATEWAY))
                    .build()) {
                assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();
                LiveCluster.patiently().until(() -> edge.registry().policy("example") != null);
                for (int i = 0; i < 3; i++) {
                    Decision decision =
                            edge.decide(request("t1")).toCompletableFuture().get();
                    allowed.add(decision.allowed());
                }
            }
            Program told = broker.run(SecuredBroker.OPERATOR, "tail", "--from-beginning", "--limit", "3");
            Program blocked =
                    broker.run(SecuredBroker.OPERATOR, "block", "--domain", "example", "--token", "t2", "--for", "10m");
            Program blocks = broker.run(SecuredBroker.OPERATOR, "blocks");
            Program letters = broker.run(SecuredBroker.OPERATOR, "dead-letters", "list");
            Program refused = broker.run(SecuredBroker.GATEWAY, "policy", "apply", policy.toString());
            boolean asked = enforcer.toHandle().destroy();

            // Then
            assertThat(applied.out()).matches("example [0-9a-f]{12} applied\n");
            assertThat(allowed).containsExactly(true, true, false);
            assertThat(told.out().lines()).hasSize(3);
            assertThat(blocked.exitCode()).as(blocked.err()).isZero();
            assertThat(blocks.out()).contains("t2");
            assertThat(letters.exitCode()).as(letters.err()).isZero();
            assertThat(refused.exitCode()).isEqualTo(1);
            // Which of the two topics that it writes to is told first, is the client's to say.
            assertThat(refused.err()).containsPattern("Not authorized to access topics: \\[weir\\.(policies|audit)");
            assertThat(asked).isTrue();
            assertThat(enforcer.waitFor(1, TimeUnit.MINUTES)).isTrue();
            String said = Files.readString(folder.resolve("enforcer.err"));
            assertThat(List.of(
                            String.join("\n", printed),
                            shown,
                            said,
                            applied.err(),
                            told.out(),
                            told.err(),
                            blocks.err(),
                            refused.err()))
                    .noneMatch(text -> text.contains("password-of-"));
        }
    }

    @Test
    void shouldSayThatTheBrokerRefusesAName() throws Exception {
        try (SecuredBroker broker = SecuredBroker.start(folder)) {
            // Given
            Path config = broker.config(SecuredBroker.OPERATOR);
            Files.writeString(folder.resolve("secrets").resolve(SecuredBroker.OPERATOR), "password-of-somebody-else");

            // When
            Program refused = Program.run(
                    folder,
                    "policy",
                    "list",
                    "--bootstrap-server",
                    broker.bootstrapServers(),
                    "--config",
                    config.toString());

            // Then
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err())
                    .contains("broker " + broker.bootstrapServers(), "Authentication failed")
                    .doesNotContain("password-of-");
        }
    }
}
