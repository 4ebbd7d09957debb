package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.app.admin.Administration;
import io.weir.engine.Decision;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do from the command line, and what it does to the next decision. */
class OperatingIT {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private static final String BLOCKS = """
            policy: blocks
            rules:
              - { name: per-token, key: [token], limits: [1 per minute] }
            blocks:
              - { name: of-ip, key: [ip], after: 2 per minute, for: 1 hour }
              - { name: of-token, key: [token], after: 5 per minute, for: 2 hours }
            """;

    @TempDir
    private static Path data;

    private static Administration admin;
    private static LiveCluster cluster;

    private int requests;

    @BeforeAll
    static void start() throws Exception {
        admin = Administration.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), () -> Instant.ofEpochMilli(NOON));
        cluster = LiveCluster.start(
                data, Map.of("application.server", admin.advertised(null), "commit.interval.ms", "20"));
        admin.serve(cluster.running());
        cluster.apply(Files.readString(Path.of("../policies/hexnode.yaml")));
        cluster.apply(Files.readString(Path.of("../policies/tagoio.yaml")));
        cluster.apply(BLOCKS);
    }

    @AfterAll
    static void stop() {
        admin.close();
        cluster.close();
    }

    /** A command on the cluster that is done. */
    private static String done(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", cluster.bootstrapServers()));
        Terminal.Run run = Terminal.run(all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    private static Terminal.Run usage(String... arguments) {
        List<String> all = new ArrayList<>(List.of("usage"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--admin", admin.url()));
        return Terminal.run(all.toArray(String[]::new));
    }

    private Decision decide(String domain, long time, Map<String, String> who, long hits) {
        return cluster.decision(send(domain, time, who, hits));
    }

    /** Sends a request and returns its id. */
    private String send(String domain, long time, Map<String, String> who, long hits) {
        String id = who + "-" + requests++;
        cluster.send(new Request(
                id,
                time,
                domain,
                "POST",
                "/data",
                who.get("ip"),
                who.get("token"),
                who.get("device"),
                who.get("account"),
                who.get("profile"),
                who.get("user"),
                hits,
                Map.of(),
                false,
                0));
        return id;
    }

    private static void awaitDevices(String account, String devices) {
        await().atMost(LiveCluster.PATIENCE).until(() -> {
            var entity = cluster.running().registry().entity("account", account);
            return entity != null && devices.equals(entity.attributes().get("devices"));
        });
    }

    @Test
    void shouldLetThePoolGrowAtOnceAndKeepWhatWasUsed() {
        // Given: 100 devices, the 1,000 calls of the day used by noon
        done("entity", "set", "account", "acme", "--attribute", "devices=100");
        awaitDevices("acme", "100");
        Map<String, String> acme = Map.of("account", "acme");
        for (int minute = 0; minute < 40; minute++) {
            assertThat(decide("hexnode", NOON - (40 - minute) * MINUTE, acme, 25)
                            .allowed())
                    .isTrue();
        }
        assertThat(decide("hexnode", NOON, acme, 1).reason()).isEqualTo(Reason.OVER_LIMIT);

        // When: one more is enrolled at noon
        String line = done("entity", "set", "account", "acme", "--attribute", "devices=101");
        awaitDevices("acme", "101");

        // Then
        assertThat(line)
                .isEqualTo(
                        "{\"type\":\"account\",\"id\":\"acme\",\"attributes\":{\"devices\":\"101\"},\"limits\":{}}\n");
        Decision next = decide("hexnode", NOON, acme, 1);
        assertThat(next.allowed()).isTrue();
        assertThat(next.binding()).isNotNull();
        assertThat(next.binding().limit()).isEqualTo(1010);
        assertThat(next.binding().remaining()).isEqualTo(9);
        assertThat(usage("--domain", "hexnode", "--account", "acme").out()).isEqualTo("""
                        RULE             KEY           WINDOW  USED  LIMIT  LEFT  RESETS
                        daily-allowance  account=acme  day     1001  1010   9     2026-01-02T00:00:00Z (12h 0m)
                        minute-rate      account=acme  minute  1     30     29    2026-01-01T12:01:00Z (1m 0s)
                        """);
    }

    @Test
    void shouldFollowThePlanAndTheLimitOfADevice() {
        // Given
        Map<String, String> device = Map.of("profile", "p1", "device", "d1");
        done("entity", "set", "profile", "p1", "--attribute", "plan=free");
        await().atMost(LiveCluster.PATIENCE)
                .until(() -> cluster.running().registry().entity("profile", "p1") != null);
        for (int i = 0; i < 3; i++) {
            assertThat(decide("tagoio", NOON, device, 1).allowed()).isTrue();
        }

        // When: three are what this device may send; two of the profile's plan are used elsewhere
        done("entity", "set", "device", "d1", "--limit", "send-data=3", "--attribute", "model=x");
        await().atMost(LiveCluster.PATIENCE)
                .until(() -> cluster.running().registry().entity("device", "d1") != null);
        decide("tagoio", NOON, Map.of("profile", "p1", "device", "d2"), 2);

        // Then: only what came since counts towards a limit that was not there before
        for (int i = 0; i < 3; i++) {
            assertThat(decide("tagoio", NOON, device, 1).allowed()).isTrue();
        }
        Decision fourth = decide("tagoio", NOON, device, 1);
        assertThat(fourth.rule()).isEqualTo("send-device-data-of-device");
        assertThat(fourth.retryAfterMs()).isEqualTo(MINUTE);
        assertThat(usage("--domain", "tagoio", "--profile", "p1", "--device", "d1", "--json")
                        .out())
                .contains(
                        "{\"rule\":\"send-device-data\",\"key\":[\"profile=p1\"],\"window\":\"minute\",\"windowMs\":60000,"
                                + "\"limit\":250,\"current\":8,\"remaining\":242,\"resetAt\":" + (NOON + MINUTE) + "}",
                        "{\"rule\":\"send-device-data-of-device\",\"key\":[\"profile=p1\",\"device=d1\"],\"window\":"
                                + "\"minute\",\"windowMs\":60000,\"limit\":3,\"current\":3,\"remaining\":0,\"resetAt\":");

        // When: the limit is raised, then taken away
        assertThat(done("entity", "set", "device", "d1", "--limit", "send-data=4"))
                .contains("\"attributes\":{\"model\":\"x\"},\"limits\":{\"send-data\":4}");
        await().atMost(LiveCluster.PATIENCE)
                .until(() -> decide("tagoio", NOON, device, 1).allowed());
        done("entity", "set", "device", "d1", "--remove");
        await().atMost(LiveCluster.PATIENCE)
                .until(() -> cluster.running().registry().entity("device", "d1") == null);

        // Then
        assertThat(decide("tagoio", NOON, device, 1).allowed()).isTrue();
    }

    @Test
    void shouldMergeReplaceAndShowEntities() throws Exception {
        // Given
        Path file = Files.writeString(data.resolve("entities.jsonl"), """
                {"type":"user","id":"u1","attributes":{"plan":"free"}}

                {"type":"user","id":"u2","limits":{"calls":7}}
                """);
        Path bad = Files.writeString(data.resolve("bad.jsonl"), """
                {"type":"user","id":"u3"}
                {"type":"usr","id":"u4"}
                """);

        // When
        done("entity", "set", "--file", file.toString());
        done("entity", "set", "user", "u1", "--limit", "calls=9");
        done("entity", "set", "user", "u2", "--attribute", "plan=scale", "--replace");
        Terminal.Run refused = Terminal.run("entity", "set", "--file", bad.toString());

        // Then
        assertThat(done("entity", "show", "user")).isEqualTo("""
                        {"type":"user","id":"u1","attributes":{"plan":"free"},"limits":{"calls":9}}
                        {"type":"user","id":"u2","attributes":{"plan":"scale"},"limits":{}}
                        """);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("bad.jsonl: line 2: type: expected one of account, ", "found \"usr\"", "nothing was changed");
        assertThat(done("entity", "set", "user", "u1", "--attribute", "plan=", "--limit", "calls="))
                .isEqualTo("{\"type\":\"user\",\"id\":\"u1\",\"attributes\":{},\"limits\":{}}\n");
    }

    @Test
    void shouldBlockWithTheNextDecisionAndFreeAgain() {
        // Given
        Map<String, String> who = Map.of("token", "by-hand", "ip", "198.51.100.7");
        assertThat(decide("blocks", NOON, who, 0).allowed()).isTrue();

        // When
        String line = done(
                "block",
                "--domain",
                "blocks",
                "--ip",
                "198.51.100.0/24",
                "--for",
                "10m",
                "--from",
                "2026-01-01T12:00:00Z",
                "--reason",
                "scraping");
        await().atMost(LiveCluster.PATIENCE).until(() -> listed("198.51.100.0/24"));

        // Then
        assertThat(line).isEqualTo("blocks\tip=198.51.100.0/24\tmanual\tuntil 2026-01-01T12:10:00Z\tscraping\n");
        assertThat(done("blocks", "--domain", "blocks")).contains(line);
        Decision blocked = decide("blocks", NOON, who, 1);
        assertThat(blocked.reason()).isEqualTo(Reason.BLOCKED);
        assertThat(blocked.rule()).isEqualTo("manual");
        assertThat(blocked.retryAfterMs()).isEqualTo(10 * MINUTE);

        // When: one address of the range is not the range
        List<String> unblock =
                List.of("unblock", "--bootstrap-server", cluster.bootstrapServers(), "--domain", "blocks");
        Terminal.Run other = Terminal.run(with(unblock, "--ip", "198.51.100.7"));
        Terminal.Run range = Terminal.run(with(unblock, "--ip", "198.51.100.0/24"));
        await().atMost(LiveCluster.PATIENCE).until(() -> !listed("198.51.100.0/24"));

        // Then
        assertThat(other.err())
                .contains("no block of ip=198.51.100.7 in blocks is on the list")
                .contains("still blocked, with others: blocks\tip=198.51.100.0/24");
        assertThat(range.out()).isEqualTo("lifted " + line);
        assertThat(decide("blocks", NOON, who, 1).allowed()).isTrue();
    }

    private static String[] with(List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static boolean listed(String value) {
        return cluster.running().registry().blocks().stream()
                .map(Block::values)
                .anyMatch(values -> values.contains(value));
    }

    @Test
    void shouldReallyLiftWhatWasEarned() {
        // Given: an address that is blocked over its token's throttles, and a token over its own
        Map<String, String> first = Map.of("token", "earned-1", "ip", "203.0.113.5");
        for (int i = 0; i < 3; i++) {
            decide("blocks", NOON, first, 1);
        }
        await().atMost(LiveCluster.PATIENCE).until(() -> listed("203.0.113.5"));
        assertThat(decide("blocks", NOON, Map.of("token", "earned-2", "ip", "203.0.113.5"), 1)
                        .reason())
                .isEqualTo(Reason.BLOCKED);
        Map<String, String> second = Map.of("token", "earned-3");
        for (int i = 0; i < 6; i++) {
            decide("blocks", NOON, second, 1);
        }
        assertThat(decide("blocks", NOON, second, 1).rule()).isEqualTo("of-token");

        // When
        String address = done("unblock", "--domain", "blocks", "--ip", "203.0.113.5");
        String token = done("unblock", "--domain", "blocks", "--token", "earned-3");

        // Then: what was used stays used
        assertThat(address).startsWith("lifted blocks\tip=203.0.113.5\tof-ip\tuntil 2026-01-01T13:00:00Z");
        assertThat(token).startsWith("lifted blocks\ttoken=earned-3\tof-token\tuntil 2026-01-01T14:00:00Z");
        await().atMost(LiveCluster.PATIENCE).until(() -> !listed("203.0.113.5"));
        assertThat(decide("blocks", NOON, Map.of("token", "earned-2", "ip", "203.0.113.5"), 1)
                        .allowed())
                .isTrue();
        assertThat(decide("blocks", NOON, second, 1).reason()).isEqualTo(Reason.OVER_LIMIT);
        assertThat(decide("blocks", NOON + MINUTE, second, 1).allowed()).isTrue();
        assertThat(done("blocks", "--domain", "blocks")).doesNotContain("203.0.113.5", "earned-3");
    }

    @Test
    void shouldTellWhatIsWrong() {
        assertWrong(2, "expected at least one of --ip, --token", "block", "--domain", "blocks", "--for", "1m");
        assertWrong(
                2,
                "expected one of --ip, --token, --account, --profile, --device, --user, found --ip and --token",
                "block --domain blocks --ip 192.0.2.1 --token t --for 1m".split(" "));
        assertWrong(
                2,
                "--ip: expected an address like 192.0.2.1 or 2001:db8::1, found 'localhost'",
                "block --domain blocks --ip localhost --for 1m".split(" "));
        assertWrong(
                2,
                "--ip: expected the range's first address, 192.0.2.0/24, found '192.0.2.1/24'",
                "unblock --domain blocks --ip 192.0.2.1/24".split(" "));
        assertWrong(2, "--for: expected some time, found none", "block --domain b --ip ::1 --for 0s".split(" "));
        assertWrong(2, "found 'tomorrow'", "block --domain b --ip ::1 --for 1s --from tomorrow".split(" "));
        assertWrong(2, "TYPE: expected account, profile", "entity set acount a --limit x=1".split(" "));
        assertWrong(2, "--limit x: expected hits per window", "entity set account a --limit x=-1".split(" "));
        assertWrong(2, "expected TYPE and ID", "entity set --limit x=1".split(" "));
        assertWrong(2, "expected --attribute, --limit or --file", "entity set account a".split(" "));
        assertWrong(
                2, "expected --attribute, --limit or --file", "entity set account a --remove --limit x=1".split(" "));
        assertWrong(2, "--from, --to: expected with --history", "usage --domain d --ip ::1 --from 1".split(" "));
        assertWrong(2, "--admin: expected a URL", "usage --domain d --ip ::1 --admin nowhere".split(" "));
        assertWrong(
                1,
                "admin API http://127.0.0.1:1: expected an enforcer that answers, found",
                "usage --domain d --ip ::1 --admin http://127.0.0.1:1".split(" "));
        Terminal.Run unknown = usage("--domain", "nobody", "--ip", "::1");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("domain nobody: expected a policy in force, found none");
        Terminal.Run strange = Terminal.run(
                "block",
                "--domain",
                "nobody",
                "--ip",
                "::1",
                "--for",
                "1s",
                "--bootstrap-server",
                cluster.bootstrapServers());
        assertThat(strange.exitCode()).isEqualTo(1);
        assertThat(strange.err()).contains("domain nobody: expected a policy in force, found none");
    }

    private static void assertWrong(int exitCode, String message, String... arguments) {
        Terminal.Run run = Terminal.run(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).contains(message);
    }

    @Test
    void shouldKeepARecordOfWhatOperatorsDo() throws Exception {
        // Given
        String before = done("audit");

        // When
        done("entity", "set", "account", "audited", "--attribute", "devices=3");
        done("entity", "set", "account", "audited", "--remove");
        done("block", "--domain", "hexnode", "--account", "audited", "--for", "10m", "--reason", "scraping");
        done("unblock", "--domain", "hexnode", "--account", "audited");
        done("policy", "apply", "../policies/hexnode.yaml");

        // Then
        String since = done("audit").substring(before.length());
        assertThat(since.lines())
                .allSatisfy(line -> assertThat(line)
                        .contains("\"who\":\"" + System.getProperty("user.name") + "\"")
                        .contains("\"host\":\"" + InetAddress.getLocalHost().getHostName() + "\"")
                        .startsWith("{\"at\":\"" + Instant.now().toString().substring(0, 8)));
        assertThat(since.lines().map(line -> line.substring(line.indexOf("\"action\""))))
                .contains(
                        "\"action\":\"entity set\",\"what\":{\"entity\":\"account/audited\",\"known\":"
                                + "\"{\\\"type\\\":\\\"account\\\",\\\"id\\\":\\\"audited\\\",\\\"attributes\\\":{"
                                + "\\\"devices\\\":\\\"3\\\"},\\\"limits\\\":{}}\"}}",
                        "\"action\":\"entity remove\",\"what\":{\"entity\":\"account/audited\"}}",
                        "\"action\":\"unblock\",\"what\":{\"domain\":\"hexnode\",\"subject\":\"account=audited\"}}")
                .anyMatch(action -> action.startsWith("\"action\":\"block\",\"what\":{\"domain\":\"hexnode\","
                        + "\"reason\":\"scraping\",\"subject\":\"account=audited\",\"until\":\""))
                .anyMatch(action -> action.startsWith("\"action\":\"policy apply\",\"what\":{\"domain\":\"hexnode\","));
    }
}
