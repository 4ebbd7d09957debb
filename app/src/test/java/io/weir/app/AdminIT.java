package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weir.app.admin.AdminTokens;
import io.weir.app.admin.Administration;
import io.weir.app.admin.HistoryAnswer;
import io.weir.app.admin.UsageAnswer;
import io.weir.engine.Request;
import io.weir.engine.decide.CurrentUsage;
import io.weir.schemas.avro.UsageRecord;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import io.weir.topology.Home;
import io.weir.topology.UnsettledException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The admin servers of two enforcers that share four partitions, asked with a plain HTTP client. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdminIT {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final InstantSource CLOCK = () -> Instant.ofEpochMilli(NOON + MINUTE - 1);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, match: POST /**, key: [token], limits: [9 per minute, 99 per hour] }
              - { name: per-user, key: [user], limits: [5 per minute] }
              - { name: dry, key: [token], limits: [99 per minute], mode: shadow }
            """;

    /** Tokens with a history. */
    private static final List<String> PAST = List.of("past-1", "past-2", "past-3", "past-4");

    @TempDir
    private static Path data;

    private static Administration admin;
    private static Administration another;
    private static LiveCluster cluster;
    private static Enforcer second;

    @BeforeAll
    static void start() throws Exception {
        admin = Administration.start(ANY_PORT, CLOCK);
        assertThat(get(admin, "/readyz").body())
                .isEqualTo("{\"ready\":false,\"reasons\":[\"the enforcer has not started yet\"]}\n");
        another = Administration.start(ANY_PORT, CLOCK);
        cluster = LiveCluster.start(
                data,
                Map.of("application.server", admin.advertised(null), "commit.interval.ms", "20"),
                admin.decisions());
        admin.serve(cluster.running());
        second = Enforcer.start(EnforcerConfig.of(
                cluster.bootstrapServers(),
                data.resolve("second"),
                Map.of("application.server", another.advertised(null), "commit.interval.ms", "20")));
        another.serve(second);
        cluster.apply(POLICY);
        admin.started();
        another.started();
        await().atMost(LiveCluster.PATIENCE)
                .until(() -> second.registry().policy("example") != null
                        && here(cluster.running()) == 2
                        && here(second) == 2
                        && get(admin, "/readyz").statusCode() == 200
                        && get(another, "/readyz").statusCode() == 200);
    }

    /** How many partitions an enforcer has. */
    private static long here(Enforcer enforcer) {
        long here = 0;
        try {
            for (int partition = 0; partition < enforcer.partitions(); partition++) {
                here += enforcer.usage().home(partition) instanceof Home.Here ? 1 : 0;
            }
        } catch (UnsettledException moving) {
            return -1;
        }
        return here;
    }

    @AfterAll
    static void stop() {
        admin.close();
        another.close();
        second.close();
        cluster.close();
    }

    private static HttpResponse<String> get(Administration of, String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(of.url() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static UsageAnswer usage(Administration of, String query) throws Exception {
        HttpResponse<String> answer = get(of, "/api/usage?domain=example&" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return UsageAnswer.read(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static Request request(String id, long time, @Nullable String token, @Nullable String user) {
        return new Request(
                id, time, "example", "POST", "/", null, token, null, null, null, user, 1, Map.of(), false, 0);
    }

    private static void decide(Request request) {
        cluster.send(request);
        assertThat(cluster.decision(String.valueOf(request.requestId()))).isNotNull();
    }

    @Test
    @Order(1)
    void shouldAnswerUsageWhereverItIsKept() throws Exception {
        // Given: twelve tokens over four partitions and two enforcers, each with another number of hits
        for (int token = 0; token < 12; token++) {
            for (int hit = 0; hit <= token % 4; hit++) {
                cluster.send(request("u" + token + "-" + hit, NOON, "token-" + token, null));
            }
        }
        for (int token = 0; token < 12; token++) {
            assertThat(cluster.decision("u" + token + "-" + token % 4).allowed())
                    .isTrue();
        }

        for (int token = 0; token < 12; token++) {
            // When
            UsageAnswer here = usage(admin, "token=token-" + token);
            UsageAnswer there = usage(another, "token=token-" + token);

            // Then
            List<String> key = List.of("token=token-" + token);
            long used = 1L + token % 4;
            long hour = NOON + 60 * MINUTE;
            assertThat(here.limits())
                    .containsExactly(
                            new CurrentUsage(
                                    "per-token", key, "minute", MINUTE, 9, used, 9 - used, NOON + MINUTE, false),
                            new CurrentUsage("per-token", key, "hour", 60 * MINUTE, 99, used, 99 - used, hour, false));
            assertThat(there).isEqualTo(here);
        }
    }

    @Test
    @Order(2)
    void shouldGatherWhatSeveralEnforcersKeepInTheOrderOfTheRules() throws Exception {
        // Given: users enough that some are not where the token is
        for (int user = 0; user < 6; user++) {
            decide(request("g" + user, NOON, "gathered", "user-" + user));

            // When
            UsageAnswer here = usage(admin, "token=gathered&shadow=true&user=user-" + user);

            // Then
            assertThat(here.limits())
                    .extracting(CurrentUsage::rule, CurrentUsage::window, CurrentUsage::current)
                    .containsExactly(
                            tuple("per-token", "minute", user + 1L),
                            tuple("per-token", "hour", user + 1L),
                            tuple("per-user", "minute", 1L),
                            tuple("dry", "minute", user + 1L));
            assertThat(usage(another, "token=gathered&shadow=true&user=user-" + user))
                    .isEqualTo(here);
        }
    }

    @Test
    @Order(3)
    void shouldAnswerForTheTimeAndTheRouteAskedFor() throws Exception {
        // Given
        decide(request("t1", NOON, "timed", null));

        // Then
        assertThat(usage(admin, "token=timed&at=" + (NOON + MINUTE)).limits())
                .extracting(CurrentUsage::current)
                .containsExactly(0L, 1L);
        assertThat(usage(admin, "token=timed&method=GET&path=/a").limits()).isEmpty();
        assertThat(usage(admin, "token=timed&method=POST&path=/a").limits()).hasSize(2);
    }

    @Test
    @Order(4)
    void shouldAnswerUsageOfThePastWhereverItIsKept() throws Exception {
        // Given: three minutes of traffic, so that two are over
        for (String token : PAST) {
            for (int minute = 0; minute < 3; minute++) {
                decide(request(token + "-" + minute, NOON + minute * MINUTE, token, null));
            }
        }

        for (String token : PAST) {
            // When
            await().atMost(LiveCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(history(admin, token)).hasSizeGreaterThan(2));
            List<UsageRecord> windows = history(admin, token);

            // Then
            assertThat(windows.stream()
                            .filter(each -> each.getClosed() && each.getWindow().equals("minute")))
                    .extracting(UsageRecord::getRule, UsageRecord::getFrom, UsageRecord::getConsumed)
                    .contains(tuple("per-token", NOON, 1L), tuple("per-token", NOON + MINUTE, 1L));
            assertThat(history(another, token)).isEqualTo(windows);
        }
    }

    private static List<UsageRecord> history(Administration of, String token) throws Exception {
        HttpResponse<String> answer = get(
                of,
                "/api/usage/history?domain=example&token=" + token + "&from=" + NOON + "&to=" + (NOON + 60 * MINUTE));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HistoryAnswer.read(answer.body().getBytes(StandardCharsets.UTF_8))
                .windows();
    }

    @Test
    @Order(5)
    void shouldTellWhatIsWrongWithAQuestion() throws Exception {
        Map<String, String> wrong = Map.of(
                "/api/usage?token=t", "query parameter domain: expected the name of a policy, found none",
                "/api/usage?domain=example&tokne=t", "query parameter tokne: expected one of domain, ip, token",
                "/api/usage?domain=example&at=now", "query parameter at: expected epoch milliseconds, found 'now'",
                "/api/usage?domain=example&at=-1", "query parameter at: timestamp must be epoch milliseconds",
                "/api/usage?domain=example&path=/", "expected method and path together or neither, found only path",
                "/api/usage?domain=example&token=a&token=b", "query parameter token: expected one value, found several",
                "/api/usage/history?domain=example&from=2&to=1", "expected 0 <= from <= to, found 2 and 1");
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            HttpResponse<String> answer = get(admin, each.getKey());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(answer.body()).contains("\"title\":\"Bad Request\",\"status\":400", each.getValue());
        }
        HttpResponse<String> unknown = get(admin, "/api/usage?domain=nobody&token=t");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("domain nobody: expected a policy in force, found none");
        assertThat(get(admin, "/nowhere").statusCode()).isEqualTo(404);
    }

    @Test
    @Order(6)
    void shouldShowHealthAndMetrics() throws Exception {
        // Given
        decide(request("m1", NOON, "measured", null));

        // Then
        assertThat(get(admin, "/healthz").body()).isEqualTo("ok\n");
        assertThat(get(admin, "/readyz").body()).isEqualTo("{\"ready\":true,\"reasons\":[]}\n");
        String metrics = get(admin, "/metrics").body();
        assertThat(metrics)
                .contains(
                        "weir_decisions_total{domain=\"example\",outcome=\"ALLOW\",reason=\"WITHIN_LIMITS\"}",
                        "weir_ready 1.0",
                        "weir_state{state=\"RUNNING\"} 1.0",
                        "weir_policies 1.0",
                        "weir_blocks 0.0",
                        "kafka_stream_",
                        "kafka_consumer_",
                        "jvm_memory_used_bytes");
    }

    @Test
    @Order(7)
    void shouldNotLetMadeUpDomainsMakeTimeSeries() throws Exception {
        // When
        for (int i = 0; i < 20; i++) {
            Request strange = new Request(
                    "s" + i, NOON, "domain-" + i, "GET", "/", null, "t", null, null, null, null, 1, Map.of(), false, 0);
            cluster.send(i % 4, null, strange);
        }
        assertThat(cluster.decision("s19").allowed()).isTrue();

        // Then
        assertThat(get(admin, "/metrics").body())
                .contains("weir_decisions_total{domain=\"\",outcome=\"ALLOW\",reason=\"NO_POLICY\"}")
                .doesNotContain("domain-");
    }

    @Test
    @Order(8)
    void shouldSayNotNowAndAnswerAgainWhenPartitionsHaveMoved() throws Exception {
        // Given
        List<UsageAnswer> before = new ArrayList<>();
        for (int token = 0; token < 8; token++) {
            decide(request("moved-" + token, NOON, "moved-" + token, null));
            before.add(usage(another, "token=moved-" + token));
        }
        Map<String, List<UsageRecord>> past = new HashMap<>();
        for (String token : PAST) {
            past.put(token, history(another, token));
        }

        // When
        cluster.stopEnforcer();

        // Then: the one that has gone says so, the other one takes over
        HttpResponse<String> gone = get(admin, "/api/usage?domain=example&token=moved-1");
        assertThat(gone.statusCode()).isEqualTo(503);
        assertThat(gone.headers().firstValue("retry-after")).contains("1");
        assertThat(gone.body()).contains("usage cannot be read while the enforcer is in state NOT_RUNNING");
        assertThat(get(admin, "/healthz").statusCode()).isEqualTo(200);
        assertThat(get(admin, "/readyz").statusCode()).isEqualTo(503);
        await().atMost(LiveCluster.PATIENCE).until(() -> here(second) == 4);
        for (int token = 0; token < 8; token++) {
            assertThat(usage(another, "token=moved-" + token)).isEqualTo(before.get(token));
        }
        for (String token : PAST) {
            assertThat(history(another, token)).hasSizeGreaterThan(2).isEqualTo(past.get(token));
        }

        // When: it comes back, with what its disk and the changelog have
        cluster.startEnforcer();
        admin.serve(cluster.running());
        admin.started();

        // Then
        await().atMost(LiveCluster.PATIENCE).until(() -> here(second) == 2 && here(cluster.running()) == 2);
        for (int token = 0; token < 8; token++) {
            assertThat(usage(admin, "token=moved-" + token)).isEqualTo(before.get(token));
        }
    }

    @Test
    @Order(9)
    void shouldHaveTheBrokerCompactWhatIsChangedAgainAndAgain() throws Exception {
        List<ConfigResource> changelogs = Stream.of("usage", "due", "usage-history")
                .map(store -> new ConfigResource(ConfigResource.Type.TOPIC, "weir-" + store + "-changelog"))
                .toList();
        try (Admin kafka = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            var configs = kafka.describeConfigs(changelogs).values();
            assertThat(changelogs)
                    .extracting(changelog -> Objects.requireNonNull(configs.get(changelog))
                            .get(20, TimeUnit.SECONDS)
                            .get("cleanup.policy")
                            .value())
                    .containsExactly("compact", "compact", "delete");
        }
    }

    @Test
    void shouldSayThatThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
            assertThatThrownBy(() -> Administration.start(address, CLOCK))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("admin server on localhost:" + taken.getLocalPort()
                            + ": expected a free port of this machine, found ")
                    .hasMessageContaining("--admin-listen HOST:PORT");
        }
    }

    @Test
    void shouldBeReachedThroughTheLoopbackAddressAlone() throws Exception {
        // Given
        InetAddress outward = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findFirst()
                .orElse(null);
        assumeTrue(outward != null, "this machine has no other address");
        int port = URI.create(admin.url()).getPort();

        // Then
        assertThat(get(admin, "/healthz").statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(outward, port), 1_000);
                    }
                })
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void shouldAdvertiseTheMachineWhereItListensEverywhere() throws Exception {
        AdminTokens tokens =
                AdminTokens.read(Files.writeString(data.resolve("tokens"), "prometheus read 0123456789abcdef\n"));
        try (Administration everywhere = Administration.start(new InetSocketAddress(0), tokens, CLOCK)) {
            assertThat(everywhere.advertised(null)).doesNotStartWith("0.0.0.0").doesNotStartWith("[0:0");
            assertThat(everywhere.advertised(InetSocketAddress.createUnresolved("weir-1.internal", 80)))
                    .isEqualTo("weir-1.internal:80");
        }
    }
}
