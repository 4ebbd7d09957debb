package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as its users run it: a process with arguments, output and an exit code. */
class CommandLineIT {
    private static final Pattern ADDRESS = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            """;

    @TempDir
    private Path folder;

    private Program run(String... arguments) throws Exception {
        return Program.run(folder, arguments);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String request(int number, String token, long timestamp) {
        return "{\"requestId\":\"r" + number + "\",\"timestamp\":" + timestamp
                + ",\"domain\":\"example\",\"method\":\"GET\",\"path\":\"/\",\"token\":\"" + token + "\"}\n";
    }

    @Test
    void shouldSimulateAndGoOnAfterABadLine() throws Exception {
        // Given
        Path policy = file("p.yaml", POLICY);
        Path requests = file(
                "r.jsonl", request(1, "t1", 1_700_000_000_000L) + "nonsense\n" + request(2, "t1", 1_700_000_000_000L));

        // When
        Program run = run("simulate", "--policy", policy.toString(), "--requests", requests.toString());

        // Then
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().toList())
                .hasSize(3)
                .satisfies(lines -> assertThat(lines.get(0))
                        .isEqualTo(
                                "{\"requestId\":\"r1\",\"outcome\":\"ALLOW\",\"reason\":\"WITHIN_LIMITS\",\"status\":200,"
                                        + "\"rule\":\"per-token\",\"limit\":2,\"window\":\"minute\",\"remaining\":1,"
                                        + "\"resetAt\":1700000040000,\"retryAfterMs\":0}"))
                .satisfies(lines -> assertThat(lines.get(1)).contains("\"INVALID\"", "line 2: expected a JSON object"))
                .satisfies(lines -> assertThat(lines.get(2)).contains("\"r2\"", "\"remaining\":0"));
        assertThat(run.err()).contains("example: 2 requests, 2 allowed");
    }

    @Test
    void shouldExitWith2OnAnInvalidPolicyAndTellWhy() throws Exception {
        // Given
        Path policy = file("p.yaml", POLICY.replace("minute", "minuet"));

        // When
        Program checked = run("policy", "check", policy.toString());
        Program simulated = run("simulate", "--policy", policy.toString(), "--requests", "-");

        // Then
        assertThat(checked.exitCode()).isEqualTo(2);
        assertThat(checked.err()).startsWith(policy + ":3:").contains("did you mean 'minute'?");
        assertThat(simulated.exitCode()).isEqualTo(2);
        assertThat(simulated.err()).isEqualTo(checked.err());
        assertThat(simulated.out()).isEmpty();
    }

    @Test
    void shouldExitWith2OnWrongUsageAndTeach() throws Exception {
        Program run = run("simulate", "--polcy", "x");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--policy", "Usage: weir simulate");
    }

    @Test
    void shouldSayThatNoBrokerAnswers() throws Exception {
        // Given
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        // When
        Program run = run("policy", "list", "--bootstrap-server", "127.0.0.1:" + port);

        // Then
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        "weir: broker 127.0.0.1:" + port
                                + ": expected a Kafka broker that answers, found no answer within 10 s; is it running there?\n");
    }

    @Test
    void shouldSayThatThePortIsInUse() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Program run = run("run", "--data", folder.resolve("d").toString(), "--port", "" + socket.getLocalPort());
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .startsWith("weir: port " + socket.getLocalPort() + " on 127.0.0.1: expected a free port");
        }
    }

    @Test
    void shouldReplayALogAsSimulateDecidesItAndGoOnFromThere() throws Exception {
        // Given: of each token five requests in one minute, then in the same minute again
        Path policies = Files.createDirectories(folder.resolve("policies"));
        Files.writeString(policies.resolve("p.yaml"), POLICY);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            lines.append(request(i, "t" + i % 100, 1_700_000_000_000L + i));
        }
        Path requests = file("r.jsonl", lines.toString());
        String[] demo = {
            "demo",
            "--data",
            folder.resolve("data").toString(),
            "--port",
            "0",
            "--policies",
            policies.toString(),
            "--input",
            requests.toString()
        };

        // When
        Program simulated = run("simulate", "--policy", policies.toString(), "--requests", requests.toString());
        Program first = run(demo);
        Program second = run(demo);

        // Then
        String summary = "  example: 500 requests, 200 allowed, 300 denied (WITHIN_LIMITS 200, OVER_LIMIT 300)";
        assertThat(simulated.err()).contains(summary);
        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).contains(summary);
        assertThat(second.out()).contains("  example: 500 requests, 0 allowed, 500 denied (OVER_LIMIT 500)");
    }

    @Test
    void shouldRunTakePoliciesAndStopCleanly() throws Exception {
        // Given
        Path policies = Files.createDirectories(folder.resolve("policies"));
        Files.writeString(policies.resolve("p.yaml"), POLICY);
        Process enforcer = Program.builder(
                        "run",
                        "--data",
                        folder.resolve("data").toString(),
                        "--port",
                        "0",
                        "--policies",
                        policies.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        StringBuilder printed = new StringBuilder();
        var out = enforcer.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            printed.append(line).append('\n');
            if (line.contains("Ctrl-C stops")) {
                break;
            }
        }
        Matcher address = ADDRESS.matcher(printed);
        assertThat(address.find()).as("%s", printed).isTrue();
        String broker = address.group();

        // When
        Path another = file("another.yaml", POLICY.replace("example", "another"));
        Program applied = run("policy", "apply", another.toString(), "--bootstrap-server", broker);
        Program again = run("policy", "apply", another.toString(), "--bootstrap-server", broker);
        Program listed = run("policy", "list", "--bootstrap-server", broker);
        Program shown = run("policy", "show", "another", "--bootstrap-server", broker);
        Program missing = run("policy", "show", "missing", "--bootstrap-server", broker);
        Program blocks = run("blocks", "--bootstrap-server", broker);
        boolean asked = enforcer.toHandle().destroy();

        // Then
        assertThat(applied.out()).matches("another [0-9a-f]{12} applied\n");
        assertThat(again.out()).matches("another [0-9a-f]{12} \\(unchanged\\)\n");
        assertThat(listed.out()).contains("another\t", "example\t", "\tp.yaml");
        assertThat(shown.out()).isEqualTo(Files.readString(another));
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("policy missing: expected in force, found none");
        assertThat(blocks.exitCode()).isZero();
        assertThat(asked).isTrue();
        assertThat(out.readLine()).isEqualTo("weir: stopping");
        assertThat(enforcer.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void shouldConvertALogIntoRequestsThatCanBeSimulated() throws Exception {
        // Given
        Path policy = file("p.yaml", POLICY);
        String entry =
                "{\"logger\":\"http.log.access\",\"ts\":1700000000.5,\"request\":{\"method\":\"GET\",\"uri\":\"/\","
                        + "\"headers\":{\"X-Api-Key\":[\"t1\"]}},\"status\":200}\n";
        Path log = file("access.log", entry + "nonsense\n{\"logger\":\"tls\"}\n" + entry);

        // When
        Program converted = run("ingest", "--mapping", "caddy", "--dry-run", log.toString());
        Path requests = file("r.jsonl", converted.out());
        Program simulated = run("simulate", "--policy", policy.toString(), "--requests", requests.toString());

        // Then
        assertThat(converted.exitCode()).isZero();
        assertThat(converted.out().lines().findFirst())
                .contains(
                        "{\"requestId\":\"1/1\",\"timestamp\":1700000000500,\"domain\":\"example\",\"method\":\"GET\","
                                + "\"path\":\"/\",\"token\":\"t1\",\"report\":true,\"status\":200}");
        assertThat(converted.err())
                .startsWith("weir: line 2: expected JSON, found Unrecognized token 'nonsense'")
                .endsWith("weir: 4 records, 2 events, 1 skipped, 1 dead letters\n");
        assertThat(simulated.err()).contains("example: 2 requests, 2 allowed");
    }

    @Test
    void shouldExitWith2OnAnInvalidMappingAndTellWhy() throws Exception {
        // Given
        Path mapping = file("m.yaml", "ingest: mine\ndomain: example\nwhn: a\n");

        // When
        Program checked = run("ingest", "--mapping", mapping.toString(), "--check");
        Program unknown = run("ingest", "--mapping", "kongg", "--check");
        Program known = run("ingest", "--mapping", "kong", "--check");
        Program nowhere = run("ingest", "--mapping", "kong");

        // Then
        assertThat(checked.exitCode()).isEqualTo(2);
        assertThat(checked.err()).contains(mapping + ":3:1: whn: expected one of", "did you mean 'when'?");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("kongg: expected a mapping file, or one of apisix, ", "; found none");
        assertThat(known.out()).isEqualTo("kong: ok: mapping kong\n");
        assertThat(nowhere.exitCode()).isEqualTo(2);
        assertThat(nowhere.err()).contains("expected --topic, or topic in the mapping, found neither");
    }
}
