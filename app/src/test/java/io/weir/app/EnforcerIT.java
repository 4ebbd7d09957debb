package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weir.app.broker.EmbeddedBroker;
import io.weir.app.input.Line;
import io.weir.app.input.Recording;
import io.weir.engine.Decision;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import io.weir.testkit.Scenario;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import io.weir.topology.TopicLayoutException;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The enforcer on a real broker, four partitions, two stream threads. */
class EnforcerIT {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    private static final Path POLICIES = Path.of("../policies");

    private static final String TWO_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            """;

    private static final String TWO_SUBJECTS = """
            policy: everything
            rules:
              - { name: token, key: [token], limits: [5 per 10 seconds] }
              - { name: account, key: [account], limits: [4 per 10 seconds] }
              - { name: user, key: [user], limits: [6 per 10 seconds], count: all }
            blocks:
              - { name: by-token, key: [token], after: 6 per minute, for: [20s, 1m] }
              - { name: by-ip, key: [ip], after: 9 per minute, for: 30s }
            """;

    /** Policies whose rules all count by one attribute: what they decide depends on no other topic's order. */
    private static final List<String> SINGLE_SUBJECT = List.of("hexnode", "hexagraph", "tagoio", "nexudus");

    @TempDir
    private Path data;

    private static Request request(String id, String token, long timestamp) {
        return new Request(
                id, timestamp, "example", "GET", "/", null, token, null, null, null, null, 1, Map.of(), false, 0);
    }

    @Test
    void shouldDecideARealBacklogAsInMemory() throws Exception {
        // Given
        Scenario scenario = Scenario.of(11, 20_000, SINGLE_SUBJECT);
        InMemoryExecutor executor = new InMemoryExecutor();
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            for (String domain : SINGLE_SUBJECT) {
                String yaml = Files.readString(POLICIES.resolve(domain + ".yaml"));
                cluster.apply(yaml);
                executor.apply(PolicyReader.read(domain, yaml));
            }
            scenario.entities().forEach(entity -> {
                cluster.put(entity);
                executor.put(entity);
            });

            // When
            Map<String, Decision> expected = new HashMap<>();
            for (Request request : scenario.requests()) {
                expected.put(String.valueOf(request.requestId()), executor.decide(request));
            }
            scenario.requests().forEach(cluster::send);

            // Then
            expected.forEach(
                    (id, decision) -> assertThat(cluster.decision(id)).as(id).isEqualTo(decision));
            assertThat(cluster.decided()).isEqualTo(scenario.requests().size());
        }
    }

    /** Only where the log is: it is not part of the project. */
    @Test
    void shouldDecideARealLogAtFullSpeedAsInMemory() throws Exception {
        Path log = Path.of("../../shared/data/erddap_nginx_access_clean.log.gz");
        assumeTrue(Files.exists(log), "no " + log);
        // Given
        InMemoryExecutor executor = new InMemoryExecutor();
        Map<String, Decision> expected = new LinkedHashMap<>();
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            for (String domain : SINGLE_SUBJECT) {
                String yaml = Files.readString(POLICIES.resolve(domain + ".yaml"));
                executor.apply(PolicyReader.read(domain, yaml));
                cluster.apply(yaml);

                // When
                try (Recording recording = Recording.open(log, domain)) {
                    for (Line line = recording.next(); line != null; line = recording.next()) {
                        Request request = named(((Line.Good) line).request());
                        expected.put(String.valueOf(request.requestId()), executor.decide(request));
                        cluster.send(request);
                    }
                }
            }

            // Then
            assertThat(expected).hasSizeGreaterThan(40_000);
            expected.forEach(
                    (id, decision) -> assertThat(cluster.decision(id)).as(id).isEqualTo(decision));
        }
    }

    /** The same request under an id that no other domain's has. */
    private static Request named(Request request) {
        RequestEvent event = Conversions.event(request);
        return Conversions.request(RequestEvent.newBuilder(event)
                .setRequestId(event.getDomain() + "-" + event.getRequestId())
                .build());
    }

    @Test
    void shouldDecideRequestsOfManySubjectsAsInMemoryWhenFedStepByStep() throws Exception {
        // Given
        Scenario scenario = Scenario.of(12, 250, List.of("everything", "onboardinghub"));
        InMemoryExecutor executor = new InMemoryExecutor();
        try (LiveCluster cluster =
                LiveCluster.start(data, Map.of("commit.interval.ms", "5", "processing.guarantee", "at_least_once"))) {
            for (String yaml : List.of(TWO_SUBJECTS, Files.readString(POLICIES.resolve("onboardinghub.yaml")))) {
                cluster.apply(yaml);
                executor.apply(PolicyReader.read("policy", yaml));
            }
            for (Request request : scenario.requests()) {
                // When
                Decision expected = executor.decide(request);
                cluster.send(request);

                // Then
                assertThat(cluster.decision(String.valueOf(request.requestId())))
                        .as("%s", request)
                        .isEqualTo(expected);
                cluster.awaitVisits();
                LiveCluster.patiently()
                        .until(() -> cluster.running().registry().blocks().containsAll(executor.blocks()));
            }
        }
    }

    @Test
    void shouldDecideOnceWhateverTheKeyAndThePartition() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            // Given
            cluster.apply(TWO_PER_MINUTE);

            // When: wrong keys, no keys, every partition in turn
            for (int i = 0; i < 40; i++) {
                byte[] key = i % 2 == 0 ? null : "another".getBytes(StandardCharsets.UTF_8);
                cluster.send(i % 4, key, request("r" + i, "token-" + i / 4, NOON));
            }

            // Then: of four requests of each token two are allowed
            int allowed = 0;
            for (int i = 0; i < 40; i++) {
                allowed += cluster.decision("r" + i).allowed() ? 1 : 0;
            }
            assertThat(allowed).isEqualTo(20);
            assertThat(cluster.decided()).isEqualTo(40);
        }
    }

    @Test
    void shouldRestoreUsageFromTheChangelog() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            // Given
            cluster.apply(TWO_PER_MINUTE);
            cluster.send(request("r1", "t1", NOON));
            cluster.send(request("r2", "t1", NOON));
            assertThat(cluster.decision("r2").allowed()).isTrue();

            // When
            cluster.stopEnforcer();
            delete(cluster.state());
            cluster.startEnforcer();
            cluster.send(request("r3", "t1", NOON));

            // Then
            assertThat(cluster.decision("r3").reason()).isEqualTo(Reason.OVER_LIMIT);
        }
    }

    @Test
    void shouldNotLetAPoisonTimestampHarmAnybodyAfterARestore() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of("partitions", "1"))) {
            // Given
            cluster.apply(TWO_PER_MINUTE);
            cluster.send(request("r1", "t1", NOON));
            cluster.send(request("r2", "t1", NOON));
            cluster.send(request("wild", "t2", NOON + Duration.ofDays(5_000).toMillis()));
            assertThat(cluster.decision("wild").allowed()).isTrue();

            // When
            cluster.stopEnforcer();
            delete(cluster.state());
            cluster.startEnforcer();
            cluster.send(request("r3", "t1", NOON));
            cluster.send(request("r4", "t1", NOON + 60_000));
            cluster.send(request("r5", "t3", NOON));

            // Then
            assertThat(cluster.decision("r3").reason()).isEqualTo(Reason.OVER_LIMIT);
            assertThat(cluster.decision("r4").allowed()).isTrue();
            assertThat(cluster.decision("r5").allowed()).isTrue();
        }
    }

    @Test
    void shouldKeepAnUndecodableRecordAndGoOn() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            // Given
            cluster.apply(TWO_PER_MINUTE);

            // When
            cluster.send(Topics.REQUESTS, null, "not avro".getBytes(StandardCharsets.UTF_8));
            cluster.send(request("r1", "t1", NOON));

            // Then
            assertThat(cluster.decision("r1").allowed()).isTrue();
            assertThat(cluster.deadLetter().getReason())
                    .startsWith("expected Avro single-object encoding")
                    .contains("8 bytes beginning with 6E 6F 74");
        }
    }

    @Test
    void shouldLetEventsGatherAtTheBrokerWhereTheConsumerIsToldTo() throws Exception {
        Map<String, String> settings = Map.of(
                "kafka.main.consumer.fetch.min.bytes",
                "1000000",
                "kafka.main.consumer.fetch.max.wait.ms",
                "200",
                "threads",
                "1",
                "partitions",
                "1");
        try (LiveCluster cluster = LiveCluster.start(data, settings)) {
            // Given
            cluster.apply(TWO_PER_MINUTE);
            long began = System.nanoTime();
            double before = fetches(cluster.running());

            // When
            for (int i = 0; i < 20; i++) {
                cluster.send(request("r" + i, "t" + i, NOON));
                assertThat(cluster.decision("r" + i).allowed()).isTrue();
            }

            // Then: not each of them was asked for by itself, as soon as it was there
            double fetches = fetches(cluster.running()) - before;
            assertThat(fetches).isLessThan(5 + (System.nanoTime() - began) / 200e6);
        }
    }

    /** How often its stream threads asked the broker for records. */
    private static double fetches(Enforcer enforcer) {
        DoubleAdder fetches = new DoubleAdder();
        enforcer.instrument(streams -> streams.metrics().forEach((name, metric) -> {
            boolean total = name.name().equals("fetch-total")
                    && String.valueOf(name.tags().get("client-id")).matches(".*StreamThread-\\d+-consumer");
            if (total && name.tags().size() == 1) {
                fetches.add((Double) metric.metricValue());
            }
        }));
        return fetches.sum();
    }

    @Test
    void shouldDecideWhatIsAsLargeAsARecordCanBe() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            // Given: a token as long as is accepted, one and an id that are longer, a batch and bytes that fill a
            // record
            cluster.apply(TWO_PER_MINUTE);
            Request longest = request("r1", "x".repeat(Request.MAX_TOKEN), NOON);
            RequestEvent event = Conversions.event(longest);
            String id = "y".repeat(900_000);
            List<RequestEvent> batch = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                batch.add(Conversions.event(request("b" + i, "t2", NOON)));
            }

            // When
            cluster.send(longest);
            cluster.send(
                    Topics.REQUESTS,
                    null,
                    Contracts.REQUEST.encode(RequestEvent.newBuilder(event)
                            .setRequestId("r2")
                            .setToken("x".repeat(400_000))
                            .build()));
            cluster.send(
                    Topics.REQUESTS,
                    null,
                    Contracts.REQUEST.encode(
                            RequestEvent.newBuilder(event).setRequestId(id).build()));
            cluster.send(Topics.REQUESTS, new byte[1_000_000], new byte[3_100_000]);
            cluster.send(Topics.VISITS, null, new byte[4_100_000]);
            cluster.send(
                    Topics.REQUESTS,
                    "t2".getBytes(StandardCharsets.UTF_8),
                    Contracts.REQUESTS.encode(new RequestBatch(batch)));
            cluster.send(request("r3", "t3", NOON));

            // Then
            assertThat(cluster.decision("r1").allowed()).isTrue();
            assertThat(cluster.decision("r2").message())
                    .isEqualTo("token must have at most 8192 characters, but had 400000");
            assertThat(cluster.decision(id).reason()).isEqualTo(Reason.INVALID);
            assertThat(cluster.decision("b19999").reason()).isEqualTo(Reason.OVER_LIMIT);
            assertThat(cluster.decision("r3").allowed()).isTrue();
            assertThat(cluster.decided()).isEqualTo(20_004);
            assertThat(List.of(
                            cluster.deadLetter().getReason(),
                            cluster.deadLetter().getReason(),
                            cluster.deadLetter().getReason(),
                            cluster.deadLetter().getReason()))
                    .anyMatch(reason -> reason.startsWith("requestId must have at most 1024"))
                    .anyMatch(reason -> reason.startsWith("token must have at most 8192"))
                    .anyMatch(reason -> reason.endsWith("; its 4100000 bytes are not copied"));
        }
    }

    @Test
    void shouldRefuseTopicsThatWouldLoseEvents() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            // Given
            List<NewTopic> topics = new ArrayList<>();
            topics.add(new NewTopic(Topics.REQUESTS, Optional.of(4), Optional.empty())
                    .configs(Map.of("message.timestamp.type", "CreateTime")));
            topics.add(new NewTopic(Topics.VISITS, Optional.of(2), Optional.empty()));
            topics.add(new NewTopic(Topics.POLICIES, Optional.of(1), Optional.empty()));
            admin.createTopics(topics).all().get();

            // Then
            assertThatThrownBy(() -> Enforcer.start(
                            EnforcerConfig.of(broker.bootstrapServers(), data.resolve("state"), Map.of())))
                    .isInstanceOf(TopicLayoutException.class)
                    .hasMessageContaining("topic weir.requests: expected message.timestamp.type=LogAppendTime, found"
                            + " CreateTime; set it with: kafka-configs")
                    .hasMessageContaining("topic weir.policies: expected cleanup.policy=compact, found delete")
                    .hasMessageContaining("topics weir.requests and weir.visits: expected the same number of"
                            + " partitions, found 4 and 2");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
