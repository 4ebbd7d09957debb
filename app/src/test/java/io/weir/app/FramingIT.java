package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.app.letters.DeadLetters;
import io.weir.testkit.LocalSchemaRegistry;
import io.weir.wire.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose other programs know records by a schema registry. */
class FramingIT {
    private static final Schema THEIRS = SchemaBuilder.record("RequestEvent")
            .namespace("com.acme")
            .fields()
            .requiredString("requestId")
            .requiredLong("timestamp")
            .requiredString("domain")
            .requiredString("method")
            .requiredString("path")
            .requiredString("ip")
            .endRecord();

    @TempDir
    private static Path data;

    private static LocalSchemaRegistry registry;
    private static LiveCluster cluster;
    private static Path config;

    @BeforeAll
    static void start() throws Exception {
        registry = LocalSchemaRegistry.start();
        Map<String, String> settings = Map.of(
                "format", "confluent", "schema.registry.url", registry.url().toString(), "commit.interval.ms", "20");
        cluster = LiveCluster.start(data, settings);
        config = Files.writeString(
                data.resolve("weir.properties"), "format=confluent\nschema.registry.url=" + registry.url() + "\n");
        cluster.apply("""
                policy: framed
                rules: [{ name: per-ip, key: [ip], limits: [1 per minute] }]
                """);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        registry.close();
    }

    private static byte[] request(String requestId, String ip) throws IOException {
        GenericRecord request = new GenericRecordBuilder(THEIRS)
                .set("requestId", requestId)
                .set("timestamp", 1_767_268_800_000L)
                .set("domain", "framed")
                .set("method", "GET")
                .set("path", "/")
                .set("ip", ip)
                .build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0);
        bytes.writeBytes(
                ByteBuffer.allocate(4).putInt(registry.add(THEIRS.toString())).array());
        new GenericDatumWriter<GenericRecord>(THEIRS)
                .write(request, EncoderFactory.get().directBinaryEncoder(bytes, null));
        return bytes.toByteArray();
    }

    /** As a program reads that has nothing of Weir's, only the registry. */
    private static GenericRecord read(byte[] framed) throws Exception {
        assertThat(framed[0]).isZero();
        int id = ByteBuffer.wrap(framed, 1, 4).getInt();
        String answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(registry.url().resolve("/schemas/ids/" + id))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        Schema schema = new Schema.Parser()
                .parse(new ObjectMapper().readTree(answer).path("schema").textValue());
        return new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(framed, 5, framed.length - 5, null));
    }

    /** The first record that comes with this key. */
    private static byte[] record(String topic, String key) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return await().atMost(LiveCluster.PATIENCE)
                    .pollInSameThread()
                    .until(
                            () -> {
                                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(50))) {
                                    if (new String(each.key(), StandardCharsets.UTF_8).equals(key)) {
                                        return each.value();
                                    }
                                }
                                return null;
                            },
                            found -> found != null);
        }
    }

    @Test
    void shouldDecideWhatOthersWroteAndAnswerAsTheyRead() throws Exception {
        // When
        cluster.send(Topics.REQUESTS, "192.0.2.1".getBytes(StandardCharsets.UTF_8), request("theirs", "192.0.2.1"));
        GenericRecord decision = read(record(Topics.DECISIONS, "192.0.2.1"));

        // Then
        assertThat(decision.get("requestId")).hasToString("theirs");
        assertThat(decision.get("outcome")).hasToString("ALLOW");
        assertThat(registry.subjects()).contains("weir.decisions-io.weir.schemas.avro.DecisionEvent");
    }

    @Test
    void shouldBlockFromTheCommandLineWhereOthersReadTheBlockList() throws Exception {
        // When
        Terminal.Run block = run("block", "--domain", "framed", "--ip", "192.0.2.9", "--for", "10m");
        GenericRecord entry = read(record(Topics.BLOCKLIST, "framed|ip=192.0.2.9|manual"));
        Terminal.Run blocks = run("blocks");

        // Then
        assertThat(block.exitCode()).as(block.err()).isZero();
        assertThat(entry.get("domain")).hasToString("framed");
        assertThat(blocks.out()).startsWith("framed\tip=192.0.2.9\tmanual\tuntil ");
        await().atMost(LiveCluster.PATIENCE)
                .until(() -> cluster.running().registry().blocks().size() == 1);
    }

    @Test
    void shouldKeepWhatTheRegistryDoesNotKnowAsADeadLetter() throws Exception {
        // When
        cluster.send(Topics.REQUESTS, "k".getBytes(StandardCharsets.UTF_8), new byte[] {0, 0, 0, 0, 99, 1});
        GenericRecord letter = read(record(Topics.DEAD_LETTERS, "k"));
        List<String> reasons = new ArrayList<>();
        new DeadLetters(
                        Map.of(
                                "bootstrap.servers",
                                cluster.bootstrapServers(),
                                "schema.registry.url",
                                registry.url().toString()),
                        List.of(new TopicPartition(Topics.DEAD_LETTERS, 0)))
                .read(null, each -> reasons.add(each.content().getReason()), reasons::add);

        // Then
        assertThat(letter.get("reason")).hasToString("expected a schema id of the registry, but it does not know 99");
        assertThat(reasons).containsExactly("expected a schema id of the registry, but it does not know 99");
    }

    @Test
    void shouldSayThatTheRegistryRefusesWhatACommandWrites() {
        // Given
        registry.answerAlways(409, "{\"error_code\":409,\"message\":\"incompatible\"}");

        // When
        Terminal.Run refused = run("entity", "set", "account", "acme", "--attribute", "plan=free");
        registry.answerAgain();

        // Then
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .startsWith("weir: schema registry " + registry.url() + ": expected it to take")
                .contains("found 409 incompatible");
    }

    private static Terminal.Run run(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 4);
        all[arguments.length] = "--bootstrap-server";
        all[arguments.length + 1] = cluster.bootstrapServers();
        all[arguments.length + 2] = "--config";
        all[arguments.length + 3] = config.toString();
        return Terminal.run(all);
    }
}
