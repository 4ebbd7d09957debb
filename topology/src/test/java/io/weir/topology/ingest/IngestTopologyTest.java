package io.weir.topology.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Request;
import io.weir.engine.decide.Registry;
import io.weir.schemas.Contracts;
import io.weir.schemas.Framing;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.RequestEvent;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log whose entries are words: a token's request, {@code health}, or {@code bad} ones. */
class IngestTopologyTest {
    private static final int PARTITIONS = 4;

    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            """;

    private final IngestCounts counts = new IngestCounts();
    private final TopologyTestDriver driver = new TopologyTestDriver(
            IngestTopology.build(
                    "log",
                    AutoOffsetReset.earliest(),
                    new Words(),
                    PARTITIONS,
                    new Registry(),
                    Framing.SINGLE_OBJECT,
                    counts),
            new Properties());
    private final TestInputTopic<byte[], byte[]> log =
            driver.createInputTopic("log", new ByteArraySerializer(), new ByteArraySerializer());
    private final TestOutputTopic<String, byte[]> requests =
            driver.createOutputTopic(Topics.REQUESTS, new StringDeserializer(), new ByteArrayDeserializer());
    private final TestOutputTopic<byte[], byte[]> letters =
            driver.createOutputTopic(Topics.DEAD_LETTERS, new ByteArrayDeserializer(), new ByteArrayDeserializer());

    /** Entries separated by blanks. */
    private static final class Words implements LogConverter {
        @Override
        public String gateway() {
            return "words";
        }

        @Override
        public List<Converted> convert(LogRecord record) {
            List<Converted> converted = new ArrayList<>();
            for (String word : new String(record.value(), StandardCharsets.UTF_8).split(" ")) {
                converted.add(
                        switch (word) {
                            case "health" -> new Converted.Skipped();
                            case "huge" -> new Converted.Refused("huge record", record.value(), null);
                            case "bad" -> new Converted.Refused("bad word", bytes(word), null);
                            default -> new Converted.Event(request(word, record.id() + "/" + (converted.size() + 1)));
                        });
            }
            return converted;
        }
    }

    private static Request request(String token, String id) {
        return new Request(
                id, 1_000, "example", "GET", "/", null, token, null, null, null, null, 1, Map.of(), true, 200);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void apply(String policy) {
        driver.createInputTopic(Topics.POLICIES, new StringSerializer(), new ByteArraySerializer())
                .pipeInput("example", Contracts.POLICY.encode(PolicyDocuments.of("example", policy, null)));
    }

    private void write(String words) {
        log.pipeInput(bytes("key"), bytes(words), 5_000L);
    }

    private DeadLetter letter() {
        return Contracts.DEAD_LETTER.decode(letters.readValue());
    }

    private static String text(@Nullable ByteBuffer buffer) {
        return StandardCharsets.UTF_8.decode(Objects.requireNonNull(buffer)).toString();
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void shouldSendEachRequestToThePartitionWhereItIsAtHome() {
        // Given
        apply(POLICY);
        StringBuilder words = new StringBuilder("t0");
        for (int i = 1; i < 200; i++) {
            words.append(" t").append(i % 50);
        }

        // When
        write(words.toString());

        // Then
        Map<String, Integer> found = new HashMap<>();
        List<TestRecord<String, byte[]>> records = requests.readRecordsToList();
        assertThat(records).hasSize(PARTITIONS);
        for (TestRecord<String, byte[]> record : records) {
            int partition = Topics.partition(record.key(), PARTITIONS);
            long offset = -1;
            for (RequestEvent event : Contracts.requests(record.value())) {
                String token = String.valueOf(event.getToken());
                assertThat(Topics.partition(token, PARTITIONS)).isEqualTo(partition);
                assertThat(event.getGateway()).isEqualTo("words");
                assertThat(event.getReport()).isTrue();
                long entry = Long.parseLong(String.valueOf(event.getRequestId()).substring("log/0/0/".length()));
                assertThat(entry).as("in the order of the log").isGreaterThan(offset);
                offset = entry;
                found.merge(token, 1, Integer::sum);
            }
        }
        assertThat(found)
                .hasSize(50)
                .allSatisfy((token, times) -> assertThat(times).isEqualTo(4));
    }

    @Test
    void shouldSendWhatNoPolicyPlacesWithoutAKey() {
        // When
        write("t1 t2");

        // Then
        TestRecord<String, byte[]> record = requests.readRecord();
        assertThat(record.key()).isNull();
        assertThat(Contracts.requests(record.value()))
                .extracting(RequestEvent::getToken)
                .containsExactly("t1", "t2");
        assertThat(requests.isEmpty()).isTrue();
    }

    @Test
    void shouldGoOnAfterABadEntryAndKeepIt() {
        // When
        write("t1 health bad t2");
        write("t3");

        // Then
        assertThat(requests.readValuesToList().stream()
                        .flatMap(value -> Contracts.requests(value).stream())
                        .map(RequestEvent::getToken))
                .containsExactly("t1", "t2", "t3");
        DeadLetter letter = letter();
        assertThat(letter.getTopic()).isEqualTo("log");
        assertThat(letter.getOffset()).isZero();
        assertThat(letter.getReason()).isEqualTo("bad word");
        assertThat(text(letter.getValue())).isEqualTo("bad");
        assertThat(text(letter.getKey())).isEqualTo("key");
        assertThat(counts.now()).isEqualTo(new IngestCounts.Snapshot(2, 3, 1, 1));
        assertThat(counts.now()).hasToString("2 records, 3 events, 1 skipped, 1 dead letters");
    }

    @Test
    void shouldKeepARecordWithoutAValueAsADeadLetter() {
        // When
        log.pipeInput(bytes("key"), null, 5_000L);

        // Then
        assertThat(letter().getReason()).isEqualTo("expected a record with a value, but found none");
    }

    @Test
    void shouldBoundItsBatches() {
        // Given
        String many = "t1 ".repeat(RequestBatches.MAX_EVENTS * 2 + 1).strip();
        String long33 = ("x".repeat(8_000) + " ").repeat(RequestBatches.MAX_CHARACTERS / 8_000 + 1);

        // When
        write(many);
        List<byte[]> bounded = requests.readValuesToList();
        write(long33 + "t1");

        // Then
        assertThat(bounded)
                .extracting(value -> Contracts.requests(value).size())
                .containsExactly(500, 500, 1);
        assertThat(requests.readValuesToList())
                .extracting(value -> Contracts.requests(value).size())
                .containsExactly(32, 2);
    }

    @Test
    void shouldNotCarryWhatNoLetterCanHold() {
        // When
        write("huge" + " ".repeat(ConvertProcessor.MAX_LETTER));

        // Then
        DeadLetter letter = letter();
        assertThat(letter.getReason()).endsWith("; too large to be carried here");
        assertThat(letter.getValue()).isNull();
        assertThat(letter.getOffset()).isZero();
    }

    /** The clients of some gateways write such records; Streams stops on them unless told otherwise. */
    @Test
    void shouldTakeRecordsWithoutATime() {
        // Given
        ConsumerRecord<Object, Object> untimed = new ConsumerRecord<>("log", 0, 0, "k", "v");

        // Then
        assertThat(untimed.timestamp()).isEqualTo(-1);
        assertThat(new KafkaTime().extract(untimed, -1)).isZero();
    }
}
