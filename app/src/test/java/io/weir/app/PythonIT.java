package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example in Python against a real broker: librdkafka puts a key on another partition than Kafka's own clients do. Only
 * where Debian's python3-confluent-kafka and python3-avro are installed.
 */
class PythonIT {
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path EXAMPLES = Path.of("../examples/python");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long NOON = 1_767_268_800_000L;
    private static final int TOKENS = 200;
    private static final int REQUESTS_EACH = 9;

    private static final String FIVE_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [5 per minute] }
            blocks:
              - { name: abusers, key: [token], after: 3 per minute, for: 1 hour }
            """;

    @TempDir
    private Path folder;

    @BeforeAll
    static void shouldHavePythonAndItsPackages() throws Exception {
        boolean there = Files.isExecutable(Path.of(PYTHON))
                && new ProcessBuilder(PYTHON, "-c", "import avro.io, confluent_kafka")
                                .start()
                                .waitFor()
                        == 0;
        assumeTrue(there, "no python3-confluent-kafka and python3-avro for " + PYTHON);
    }

    private List<JsonNode> run(String script, Path input, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(PYTHON, EXAMPLES.resolve(script).toString()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("out");
        Path errors = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        boolean ended = process.waitFor(LiveCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended).as("%s", command).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", command, Files.readString(errors))
                .isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(output)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private Path requests() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < TOKENS * REQUESTS_EACH; i++) {
            String token = "t" + i % TOKENS;
            lines.append("{\"requestId\":\"")
                    .append(token)
                    .append('/')
                    .append(i / TOKENS)
                    .append("\",\"timestamp\":");
            lines.append(NOON + i).append(",\"domain\":\"example\",\"method\":\"GET\",\"path\":\"/\",\"token\":\"");
            lines.append(token).append("\"}\n");
        }
        return Files.writeString(folder.resolve("requests.jsonl"), lines);
    }

    /** How many records of the requests' topic are elsewhere than Kafka's own partitioner would have put them. */
    private static long misplaced(LiveCluster cluster, int records) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            int partitions = cluster.running().partitions();
            List<TopicPartition> all = Stream.iterate(0, partition -> partition + 1)
                    .limit(partitions)
                    .map(partition -> new TopicPartition(Topics.REQUESTS, partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long misplaced = 0;
            for (int read = 0; read < records; ) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    misplaced += record.partition() == Topics.partition(record.key(), partitions) ? 0 : 1;
                    read++;
                }
            }
            return misplaced;
        }
    }

    @Test
    void shouldCountExactlyWhateverThePartitioner() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(folder.resolve("data"), Map.of("commit.interval.ms", "20"))) {
            // Given
            cluster.apply(FIVE_PER_MINUTE);
            String broker = cluster.bootstrapServers();

            // When
            List<JsonNode> answers =
                    run("gateway.py", requests(), "--bootstrap-server", broker, "--key", "token", "--patience", "50");

            // Then
            assertThat(misplaced(cluster, answers.size()))
                    .as("records elsewhere")
                    .isGreaterThan(TOKENS);
            Map<String, Map<String, Integer>> byToken = new TreeMap<>();
            for (JsonNode answer : answers) {
                String token = answer.get("requestId").textValue().split("/")[0];
                String reason = answer.get("reason").textValue();
                byToken.computeIfAbsent(token, first -> new TreeMap<>()).merge(reason, 1, Integer::sum);
            }
            assertThat(byToken)
                    .hasSize(TOKENS)
                    .allSatisfy((token, reasons) ->
                            assertThat(reasons).isEqualTo(Map.of("WITHIN_LIMITS", 5, "OVER_LIMIT", 3, "BLOCKED", 1)));

            // And: what was decided and who is blocked can be followed
            Path nothing = Files.writeString(folder.resolve("nothing"), "");
            LiveCluster.patiently()
                    .until(() -> run("follow.py", nothing, "decisions", "--once", "--bootstrap-server", broker)
                                    .size()
                            == answers.size());
            List<JsonNode> blocks = run("follow.py", nothing, "blocklist", "--once", "--bootstrap-server", broker);
            assertThat(blocks)
                    .hasSize(TOKENS)
                    .allSatisfy(
                            block -> assertThat(block.get("block").textValue()).isEqualTo("abusers"));
        }
    }

    @Test
    void shouldDecideABatchInItsOrder() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(folder.resolve("data"), Map.of())) {
            // Given
            cluster.apply(FIVE_PER_MINUTE);
            Path requests = Files.writeString(
                    folder.resolve("six.jsonl"),
                    ("{\"timestamp\":" + NOON
                                    + ",\"domain\":\"example\",\"method\":\"GET\",\"path\":\"/\",\"token\":\"t1\"}\n")
                            .repeat(6));

            // When
            List<JsonNode> answers = run(
                    "gateway.py",
                    requests,
                    "--bootstrap-server",
                    cluster.bootstrapServers(),
                    "--key",
                    "token",
                    "--batch",
                    "10",
                    "--partitioner",
                    "murmur2_random");

            // Then
            assertThat(misplaced(cluster, 1)).isZero();
            assertThat(answers)
                    .extracting(answer -> answer.get("outcome").textValue())
                    .containsExactly("ALLOW", "ALLOW", "ALLOW", "ALLOW", "ALLOW", "DENY");
        }
    }
}
