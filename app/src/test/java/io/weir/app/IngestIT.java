package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.ingest.MappedLog;
import io.weir.app.ingest.MappingReader;
import io.weir.engine.Outcome;
import io.weir.engine.Request;
import io.weir.schemas.avro.DeadLetter;
import io.weir.topology.ingest.IngestConfig;
import io.weir.topology.ingest.IngestCounts;
import io.weir.topology.ingest.Ingestor;
import io.weir.topology.ingest.MissingTopicException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway's log on a real broker, read by a stream of its own, decided by an enforcer. */
class IngestIT {
    private static final long NOON = 1_767_268_800_000L;

    private static final String THREE_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [3 per minute] }
            """;

    @TempDir
    private Path data;

    private IngestConfig config(LiveCluster cluster, String topic) {
        return IngestConfig.of(cluster.bootstrapServers(), topic, "kong", data.resolve("ingest"), Map.of());
    }

    private static MappedLog kong() throws IOException {
        return new MappedLog(MappingReader.read("kong", Files.readString(Path.of("../mappings/kong.yaml"))));
    }

    private static Ingestor start(IngestConfig config) throws Exception {
        Ingestor ingestor = Ingestor.start(config, kong());
        assertThat(ingestor.awaitRunning(LiveCluster.PATIENCE))
                .as("%s", ingestor.failure())
                .isTrue();
        return ingestor;
    }

    private static void awaitCounts(Ingestor ingestor, long records, long events, long skipped, long deadLetters) {
        LiveCluster.patiently()
                .until(() -> ingestor.counts()
                        .now()
                        .equals(new IngestCounts.Snapshot(records, events, skipped, deadLetters)));
    }

    private static void createTopic(LiveCluster cluster, String name) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(2), Optional.empty())))
                    .all()
                    .get();
        }
    }

    private static String entry(String id, String token, long timestamp) {
        return "{\"request\":{\"id\":\"" + id + "\",\"uri\":\"/orders\",\"method\":\"GET\",\"headers\":{\"apikey\":\""
                + token + "\"}},\"response\":{\"status\":200},\"client_ip\":\"198.51.100.7\",\"started_at\":"
                + timestamp
                + "}";
    }

    private static Request ask(String id, String token, long timestamp) {
        return new Request(
                id, timestamp, "example", "GET", "/", null, token, null, null, null, null, 1, Map.of(), false, 0);
    }

    @Test
    void shouldCountWhatAnotherGatewayAdmittedExactlyOnceAcrossARestart() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of("commit.interval.ms", "20"))) {
            // Given: a thousand entries in one record, of which each of 250 tokens has four, and a record that is none
            cluster.apply(THREE_PER_MINUTE);
            createTopic(cluster, "kong-logs");
            StringJoiner entries = new StringJoiner(",", "[", "]");
            for (int i = 0; i < 1_000; i++) {
                entries.add(entry("k" + i, "t" + i % 250, NOON + i));
            }
            cluster.send("kong-logs", null, entries.toString().getBytes(StandardCharsets.UTF_8));
            cluster.send("kong-logs", null, "{\"started_at".getBytes(StandardCharsets.UTF_8));
            cluster.send("kong-logs", null, "{\"node\":\"n1\"}".getBytes(StandardCharsets.UTF_8));

            // When
            try (Ingestor ingestor = start(config(cluster, "kong-logs"))) {
                awaitCounts(ingestor, 3, 1_000, 1, 1);
            }
            cluster.send("kong-logs", null, entry("k1000", "t0", NOON).getBytes(StandardCharsets.UTF_8));
            try (Ingestor again = start(config(cluster, "kong-logs"))) {
                awaitCounts(again, 1, 1, 0, 0);
            }
            cluster.decision("k1000");

            // Then
            DeadLetter letter = cluster.deadLetter();
            assertThat(letter.getTopic()).isEqualTo("kong-logs");
            assertThat(letter.getReason()).startsWith("expected JSON, found ");
            for (int i = 0; i < 1_000; i++) {
                assertThat(cluster.decision("k" + i).outcome()).isEqualTo(Outcome.ALLOW);
            }
            cluster.send(ask("ask", "t1", NOON + 1_000));
            assertThat(cluster.decision("ask").outcome()).isEqualTo(Outcome.DENY);
            cluster.send(ask("later", "t1", NOON + 60_000));
            assertThat(cluster.decision("later").outcome()).isEqualTo(Outcome.ALLOW);
            assertThat(cluster.decided()).as("each entry and each request once").isEqualTo(1_003);
        }
    }

    @Test
    void shouldNameTheTopicsThatAreMissing() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            IngestConfig config = config(cluster, "kong-logs");
            assertThatThrownBy(() -> Ingestor.start(config, kong()))
                    .isInstanceOf(MissingTopicException.class)
                    .hasMessage("topic kong-logs: expected on the cluster, found none; does the gateway write there?");
        }
    }
}
