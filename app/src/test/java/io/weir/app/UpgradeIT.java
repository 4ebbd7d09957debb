package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.broker.EmbeddedBroker;
import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.schemas.Contracts;
import io.weir.topology.TopicLayoutException;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a release wrote, the next one reads: {@code upgrade/0.1.0.tsv} holds every record of every topic, changelogs included,
 * that version 0.1.0 wrote. {@code -Dweir.upgrade.write=FILE} has this version write such a file, which a release keeps.
 */
class UpgradeIT {
    private static final String FIXTURE = "/upgrade/0.1.0.tsv";
    private static final String DUE = "weir-due-changelog";
    private static final long NOON = 1_767_268_800_000L;
    private static final Map<String, String> SETTINGS = Map.of("partitions", "1", "commit.interval.ms", "20");

    private static final String POLICY = """
            policy: example
            rules:
              - { name: fixed, match: GET /fixed, key: [token], limits: [3 per minute, 100 per day] }
              - { name: sliding, match: GET /sliding, key: [token], limits: [{ limit: 3, per: 1m, algorithm: sliding }] }
              - { name: bucket, match: GET /bucket, key: [token], limits: [{ limit: 60, per: 1h, algorithm: bucket, burst: 3 }] }
              - { name: pooled, match: GET /pooled, key: [account], limits: [{ limit: 1, times: account.devices, per: 1 day }] }
              - { name: two, match: GET /two, key: [token, account], limits: [3 per minute] }
            blocks:
              - { name: repeat, key: [ip], after: 2 per minute, for: [1 hour, 1 day] }
            """;

    @TempDir
    private Path data;

    private int requests;

    private Request request(String path, String who, long time) {
        return new Request(
                "r" + requests++,
                time,
                "example",
                "GET",
                path,
                who.equals("blocked") ? "192.0.2.9" : null,
                who,
                null,
                "a-" + who,
                null,
                null,
                1,
                Map.of(),
                false,
                0);
    }

    private static Decision decide(LiveCluster cluster, Request request) {
        cluster.send(request);
        return cluster.decision(String.valueOf(request.requestId()));
    }

    /** What the release did before it was stopped: two requests of everything, and somebody blocked. */
    private void use(LiveCluster cluster) {
        cluster.apply(POLICY);
        cluster.put(new Entity("account", "a-t1", Map.of("devices", "3"), Map.of()));
        for (String path : List.of("/fixed", "/sliding", "/bucket", "/pooled", "/two")) {
            assertThat(decide(cluster, request(path, "t1", NOON)).allowed()).isTrue();
            assertThat(decide(cluster, request(path, "t1", NOON)).allowed()).isTrue();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(decide(cluster, request("/fixed", "blocked", NOON)).allowed())
                    .isEqualTo(i < 3);
        }
        cluster.awaitVisits();
        LiveCluster.patiently()
                .until(() -> !cluster.running().registry().blocks().isEmpty());
        cluster.send(Topics.REQUESTS, null, "no event".getBytes(StandardCharsets.UTF_8));
        assertThat(cluster.deadLetter().getReason()).isNotEmpty();
    }

    /** What must be so after it: one more of everything, then none; who was blocked is. */
    private void goOn(LiveCluster cluster) {
        for (String path : List.of("/fixed", "/sliding", "/bucket", "/pooled", "/two")) {
            assertThat(decide(cluster, request(path, "t1", NOON)).allowed())
                    .as(path)
                    .isTrue();
            assertThat(decide(cluster, request(path, "t1", NOON)).reason())
                    .as(path)
                    .isEqualTo(Reason.OVER_LIMIT);
        }
        assertThat(decide(cluster, request("/fixed", "blocked", NOON + 1_000)).reason())
                .isEqualTo(Reason.BLOCKED);
        assertThat(decide(cluster, request("/fixed", "blocked", NOON + 3_600_001))
                        .allowed())
                .isTrue();
        assertThat(decide(cluster, request("/fixed", "another", NOON)).allowed())
                .isTrue();
    }

    @Test
    void shouldGoOnWithWhatAReleaseLeft() throws Exception {
        // Given
        requests = 1_000;
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0)) {
            load(broker.bootstrapServers());
        }

        // When
        try (LiveCluster cluster = LiveCluster.start(data, SETTINGS)) {
            // Then
            assertThat(cluster.running().registry().policy("example")).isNotNull();
            goOn(cluster);
        }
    }

    @Test
    void shouldReadEveryRecordOfARelease() throws Exception {
        Set<String> read = new TreeSet<>();
        for (Kept kept : kept()) {
            byte[] value = kept.value;
            if (value == null || kept.topic.endsWith("-changelog")) {
                continue;
            }
            switch (kept.topic) {
                case Topics.REQUESTS -> {
                    if (!new String(value, StandardCharsets.UTF_8).equals("no event")) {
                        assertThat(Contracts.requests(value)).isNotEmpty();
                    }
                }
                case Topics.VISITS -> assertThat(Contracts.VISIT.decode(value)).isNotNull();
                case Topics.DECISIONS -> assertThat(Contracts.decisions(value)).isNotEmpty();
                case Topics.BLOCKLIST ->
                    assertThat(Contracts.BLOCK.decode(value)).isNotNull();
                case Topics.POLICIES ->
                    assertThat(Contracts.POLICY.decode(value)).isNotNull();
                case Topics.ENTITIES ->
                    assertThat(Contracts.ENTITY.decode(value)).isNotNull();
                case Topics.DEAD_LETTERS ->
                    assertThat(Contracts.DEAD_LETTER.decode(value)).isNotNull();
                case Topics.USAGE -> assertThat(Contracts.USAGE.decode(value)).isNotNull();
                default -> throw new AssertionError(kept.topic);
            }
            read.add(kept.topic);
        }
        assertThat(read)
                .contains(
                        Topics.REQUESTS,
                        Topics.VISITS,
                        Topics.DECISIONS,
                        Topics.BLOCKLIST,
                        Topics.POLICIES,
                        Topics.ENTITIES,
                        Topics.DEAD_LETTERS);
    }

    /** This version does what is expected of the next, and leaves what is kept where somebody wants it. */
    @Test
    void shouldGoOnWithWhatItLeftItself() throws Exception {
        String file = System.getProperty("weir.upgrade.write", "");
        try (LiveCluster cluster = LiveCluster.start(data, SETTINGS)) {
            use(cluster);
            cluster.stopEnforcer();
            if (!file.isEmpty()) {
                write(cluster.bootstrapServers(), Path.of(file));
            }
            cluster.startEnforcer();
            goOn(cluster);
        }
    }

    @Test
    void shouldNotForgetWhatWasUsedWhenTheStateIsGone() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, SETTINGS)) {
            // Given
            cluster.apply(POLICY);
            assertThat(decide(cluster, request("/fixed", "t1", NOON)).allowed()).isTrue();
            cluster.stopEnforcer();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
                admin.deleteTopics(List.of("weir-usage-changelog")).all().get();
            }

            // Then
            assertThatThrownBy(cluster::startEnforcer)
                    .isInstanceOf(TopicLayoutException.class)
                    .hasMessageContaining("topic weir-usage-changelog: expected the state of group weir")
                    .hasMessageContaining("set another application.id");
        }
    }

    /** A record that was kept. */
    private static final class Kept {
        private final String topic;
        private final byte @Nullable [] key;
        private final byte @Nullable [] value;

        Kept(String line) {
            String[] cells = line.split("\t", -1);
            topic = cells[0];
            key = cells[1].equals("-") ? null : Base64.getDecoder().decode(cells[1]);
            value = cells[2].equals("-") ? null : Base64.getDecoder().decode(cells[2]);
        }

        static String line(ConsumerRecord<byte[], byte[]> record) {
            Base64.Encoder base64 = Base64.getEncoder();
            return record.topic() + "\t" + (record.key() == null ? "-" : base64.encodeToString(record.key())) + "\t"
                    + (record.value() == null ? "-" : base64.encodeToString(record.value()));
        }
    }

    private static List<Kept> kept() throws Exception {
        try (var in = Objects.requireNonNull(UpgradeIT.class.getResourceAsStream(FIXTURE), FIXTURE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Kept::new)
                    .toList();
        }
    }

    /**
     * Puts the state and the tables on a new cluster; what was read once is not read again. The index of due times stays
     * away: it is in the time of the log, in which all that was kept is over long since.
     */
    private static void load(String bootstrapServers) throws Exception {
        Set<String> tables = Set.of(Topics.POLICIES, Topics.ENTITIES, Topics.BLOCKLIST);
        List<Kept> kept = kept().stream()
                .filter(each -> each.topic.endsWith("-changelog") || tables.contains(each.topic))
                .toList();
        Map<String, Object> client = Map.of("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(client);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            Set<String> names = new TreeSet<>();
            kept.forEach(each -> names.add(each.topic));
            admin.createTopics(names.stream()
                            .map(name -> new NewTopic(name, 1, (short) 1).configs(Map.of("cleanup.policy", "compact")))
                            .toList())
                    .all()
                    .get();
            for (Kept each : kept) {
                if (each.topic.equals(DUE)) {
                    continue;
                }
                producer.send(new ProducerRecord<>(each.topic, each.key, each.value))
                        .get();
            }
        }
    }

    private static void write(String bootstrapServers, Path file) throws Exception {
        Map<String, Object> client = Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        List<String> lines = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new TreeSet<>(
                            consumer.listTopics().keySet())
                    .stream()
                            .filter(name -> name.startsWith("weir"))
                            .map(name -> new TopicPartition(name, 0))
                            .toList();
            for (TopicPartition partition : partitions) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> lines.add(Kept.line(record)));
                }
            }
        }
        Files.write(file, lines);
    }
}
