package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.wire.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every component and every command over TLS, each under a name of its own with the rights of its role and no more; and no
 * secret in what any of them prints, says, or is called in the list of processes.
 */
class SecuredClusterIT {
    private static final String TWO_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            blocks:
              - { name: strike, key: [ip], after: 100 per minute, for: 1 hour }
            """;

    private static final String LOG = "kong-logs";
    private static final String CLIENTS_TOKEN = "secret-of-a-client";

    @TempDir
    private Path folder;

    private SecuredBroker broker;

    /** All that was printed, said, and shown in the list of processes. */
    private final List<String> seen = new ArrayList<>();

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        broker = SecuredBroker.start(folder);
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        broker.close();
    }

    /** Runs a command under that name, which must do it; returns what it printed. */
    private String done(String user, String... command) throws Exception {
        Terminal.Run run = broker.command(user, command);
        seen.add(run.out());
        seen.add(run.err());
        assertThat(run.exitCode()).as("%s: %s", List.of(command), run.err()).isZero();
        return run.out();
    }

    /** The same by the operator of a command that closes its output, in a process of its own. */
    private String printed(String... command) throws Exception {
        Program run = broker.run(SecuredBroker.OPERATOR, command);
        seen.add(run.out());
        seen.add(run.err());
        assertThat(run.exitCode()).as("%s: %s", List.of(command), run.err()).isZero();
        return run.out();
    }

    private void grant(String role, String user, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of("acls", "--role", role, "--principal", "User:" + user));
        command.addAll(List.of(more));
        command.add("--apply");
        assertThat(done(SecuredBroker.ADMIN, command.toArray(String[]::new))).endsWith(" rights granted\n");
    }

    /** Starts a component as its users do and waits until it says that it runs. */
    private Process component(String user, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("--bootstrap-server", broker.bootstrapServers(), "--data"));
        command.add(folder.resolve("data-" + arguments[0]).toString());
        command.addAll(List.of("--config", broker.config(user).toString()));
        Process process = Program.builder(command.toArray(String[]::new))
                .redirectError(folder.resolve(arguments[0] + ".err").toFile())
                .start();
        started.add(process);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        while (line != null && !line.contains("Ctrl-C stops")) {
            seen.add(line);
            line = out.readLine();
        }
        assertThat(line).as(() -> said(arguments[0])).isNotNull();
        seen.add(process.info().commandLine().orElse(""));
        return process;
    }

    private String said(String component) {
        try {
            return Files.readString(folder.resolve(component + ".err"));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private void send(String topic, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                broker.client(SecuredBroker.ADMIN), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private void grantAll() throws Exception {
        grant("enforcer", SecuredBroker.ENFORCER);
        grant("gateway", SecuredBroker.GATEWAY);
        grant("operator", SecuredBroker.OPERATOR);
        grant("ingest", SecuredBroker.INGEST, "--log", LOG, "--ingest-id", "weir-ingest-kong");
        try (Admin admin = Admin.create(broker.client(SecuredBroker.ADMIN))) {
            admin.createTopics(List.of(new NewTopic(LOG, 1, (short) 1))).all().get();
        }
    }

    /** Every command of the operator's. */
    private void operate() throws Exception {
        done(SecuredBroker.OPERATOR, "policy", "list");
        assertThat(done(SecuredBroker.OPERATOR, "policy", "show", "example")).contains("2 per minute");
        done(SecuredBroker.OPERATOR, "entity", "set", "account", "a1", "--attribute", "plan=free");
        assertThat(done(SecuredBroker.OPERATOR, "entity", "show", "account", "a1"))
                .contains("free");
        done(SecuredBroker.OPERATOR, "block", "--domain", "example", "--token", "t2", "--for", "10m");
        assertThat(done(SecuredBroker.OPERATOR, "blocks")).contains("t2");
        done(SecuredBroker.OPERATOR, "unblock", "--domain", "example", "--token", "t2");
        LiveCluster.patiently().until(() -> printed("dead-letters", "list").startsWith("0/0"));
        assertThat(printed("dead-letters", "show", "0/0")).contains(Topics.REQUESTS);
        done(SecuredBroker.OPERATOR, "dead-letters", "retry", "--all");
        assertThat(done(SecuredBroker.OPERATOR, "audit"))
                .contains("policy apply", "entity set", "block", "dead-letters retry");
    }

    @Test
    void shouldRunEveryComponentWithItsOwnRightsAlone() throws Exception {
        // Given
        grantAll();
        Path policy = Files.writeString(folder.resolve("p.yaml"), TWO_PER_MINUTE);
        Path key = Files.writeString(folder.resolve("token.key"), "a key of at least sixteen bytes");
        Path none = Files.createDirectories(folder.resolve("none"));
        Process enforcer = component(
                SecuredBroker.ENFORCER, "run", "--policies", none.toString(), "--admin-listen", "127.0.0.1:0");
        String[] gateway = {"--policy=" + policy, "--listen=127.0.0.1:0", "--timeout=60s", "--token-key=" + key};

        // When: it may not put the policy in force
        Program refused = broker.run(
                SecuredBroker.GATEWAY, "gateway", "--no-grpc", "--no-admin", gateway[0], gateway[1], gateway[3]);
        Terminal.Run applies = broker.command(SecuredBroker.GATEWAY, "policy", "apply", policy.toString());
        String applied = done(SecuredBroker.OPERATOR, "policy", "apply", policy.toString());

        // And when: it is in force
        List<Integer> statuses = new ArrayList<>();
        try (GatewayProcess running = GatewayProcess.start(folder, broker.as(SecuredBroker.GATEWAY, gateway))) {
            String url = running.url("weir: forward-auth");
            seen.addAll(running.printed());
            seen.add(running.commandLine());
            for (int i = 0; i < 3; i++) {
                statuses.add(ForwardAuthClient.status(url, CLIENTS_TOKEN));
            }
            seen.addAll(running.stop());
        }
        Process ingest = component(SecuredBroker.INGEST, "ingest", "--mapping", "kong", "--topic", LOG);
        send(LOG, """
                {"request":{"id":"k1","uri":"/","method":"GET","headers":{"apikey":"t9"}},"client_ip":"192.0.2.1",\
                "started_at":1767268800000}
                """.getBytes(StandardCharsets.UTF_8));
        send(Topics.REQUESTS, new byte[] {1});
        String told = printed("tail", "--from-beginning", "--limit", "4");
        operate();
        for (Process each : List.of(ingest, enforcer)) {
            each.toHandle().destroy();
            assertThat(each.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }

        // Then
        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
        assertThat(refused.err())
                .contains("weir: policy: expected that of --policy to be in force, or the rights to put it in force")
                .contains("as the operator, weir policy apply " + policy);
        assertThat(applies.exitCode()).isEqualTo(1);
        // Which of the two topics that it writes to is told first, is the client's to say.
        assertThat(applies.err()).containsPattern("Not authorized to access topics: \\[weir\\.(policies|audit)");
        assertThat(applied).matches("example [0-9a-f]{12} applied\n");
        assertThat(statuses).containsExactly(200, 200, 429);
        assertThat(told.lines()).hasSize(4).anyMatch(line -> line.contains("k1"));
        seen.addAll(List.of(refused.out(), refused.err(), applies.err()));
        seen.addAll(List.of(said("run"), said("ingest"), Files.readString(folder.resolve("err"))));
        assertThat(seen)
                .noneMatch(text -> text.contains("password-of-"))
                .noneMatch(text -> text.contains(CLIENTS_TOKEN))
                .noneMatch(text -> text.contains("a key of at least sixteen bytes"));
    }

    @Test
    void shouldSayThatTheBrokerRefusesAName() throws Exception {
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
