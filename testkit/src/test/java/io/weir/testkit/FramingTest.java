package io.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.schemas.Contracts;
import io.weir.schemas.Framing;
import io.weir.schemas.FramingSettings;
import io.weir.schemas.SchemaRegistryException;
import io.weir.schemas.UndecodableException;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramingTest {
    private static final RequestEvent EVENT = RequestEvent.newBuilder()
            .setTimestamp(1_700_000_000_000L)
            .setDomain("example")
            .setMethod("GET")
            .setPath("/x")
            .setToken("t1")
            .setAttributes(Map.of("plan", "free"))
            .build();

    /** What somebody in another language made of the documentation: fewer fields, in another order, one of their own. */
    private static final Schema FOREIGN = SchemaBuilder.record("RequestEvent")
            .namespace("com.acme")
            .fields()
            .requiredString("path")
            .requiredString("method")
            .requiredString("domain")
            .requiredString("rack")
            .requiredInt("timestamp")
            .endRecord();

    private LocalSchemaRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = LocalSchemaRegistry.start();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private Framing reading() {
        return Framing.with(List.of(registry.url()), null, false, Duration.ZERO);
    }

    private Framing writing() {
        return Framing.with(List.of(registry.url()), null, true, Duration.ZERO);
    }

    private static byte[] framed(int id, Schema schema, GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0);
        bytes.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        return bytes.toByteArray();
    }

    private static GenericRecord foreign() {
        return new GenericRecordBuilder(FOREIGN)
                .set("path", "/x")
                .set("method", "GET")
                .set("domain", "example")
                .set("rack", "r1")
                .set("timestamp", 5)
                .build();
    }

    @Test
    void shouldLeaveSingleObjectEncodingAloneWithoutAskingTheRegistry() {
        // Given
        byte[] bytes = Contracts.REQUEST.encode(EVENT);

        // When
        byte[] read = reading().read(bytes);

        // Then
        assertThat(read).isSameAs(bytes);
        assertThat(Framing.SINGLE_OBJECT.write("t", bytes)).isSameAs(bytes);
        assertThat(registry.asked()).isZero();
    }

    @Test
    void shouldReadWhatItWroteAndAskTheRegistryOnceForEach() {
        // Given
        Framing writing = writing();
        Framing reading = reading();
        RequestBatch batch = new RequestBatch(List.of(EVENT, EVENT));

        // When
        byte[] event = writing.write("weir.requests", Contracts.REQUEST.encode(EVENT));
        byte[] events = writing.write("weir.requests", Contracts.REQUESTS.encode(batch));
        byte[] again = writing.write("weir.requests", Contracts.REQUEST.encode(EVENT));

        // Then
        assertThat(event).startsWith(0, 0, 0, 0, 1).isEqualTo(again);
        assertThat(events).startsWith(0, 0, 0, 0, 2);
        assertThat(registry.asked()).isEqualTo(2);
        assertThat(Contracts.requests(reading.read(event))).containsExactly(EVENT);
        assertThat(Contracts.requests(reading.read(events))).containsExactly(EVENT, EVENT);
        assertThat(Contracts.requests(reading.read(again))).containsExactly(EVENT);
        assertThat(registry.asked()).isEqualTo(4);
        assertThat(registry.subjects())
                .containsExactly(
                        "weir.requests-io.weir.schemas.avro.RequestEvent",
                        "weir.requests-io.weir.schemas.avro.RequestBatch");
    }

    @Test
    void shouldReadWhatAnOlderVersionWrote() throws IOException {
        // Given
        Schema first =
                new Schema.Parser().parse(Contracts.class.getResourceAsStream("/avro-history/RequestEvent/1.avsc"));
        GenericRecord record = new GenericRecordBuilder(first)
                .set("timestamp", 5L)
                .set("domain", "example")
                .set("method", "GET")
                .set("path", "/x")
                .build();
        int id = registry.add(first.toString());

        // When
        RequestEvent read =
                Contracts.requests(reading().read(framed(id, first, record))).get(0);

        // Then
        assertThat(read.getPath()).isEqualTo("/x");
        assertThat(read.getHits()).isEqualTo(1);
    }

    @Test
    void shouldResolveASchemaThatIsNotAmongTheCommittedOnes() throws IOException {
        // Given
        int id = registry.add(FOREIGN.toString());

        // When
        RequestEvent read = Contracts.requests(reading().read(framed(id, FOREIGN, foreign())))
                .get(0);

        // Then
        assertThat(read.getTimestamp()).isEqualTo(5);
        assertThat(read.getPath()).isEqualTo("/x");
        assertThat(read.getAttributes()).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrongWithABadRecord() throws IOException {
        // Given
        int foreign = registry.add(FOREIGN.toString());
        int other = registry.add("{\"type\":\"record\",\"name\":\"Other\",\"fields\":[]}");
        int lacking = registry.add("{\"type\":\"record\",\"name\":\"RequestEvent\",\"fields\":[]}");
        int broken = registry.add("not a schema");
        byte[] good = framed(foreign, FOREIGN, foreign());
        Framing reading = reading();

        // Then
        assertUndecodable(
                reading, new byte[] {0, 0, 1}, "expected Confluent's framing (00 and a schema id), but found only 3");
        assertUndecodable(reading, new byte[] {0, 0, 0, 0, 99}, "the registry, but it does not know 99");
        assertUndecodable(reading, header(other), "expected a record of Weir's, but schema id 2 is that of Other");
        assertUndecodable(
                reading, header(lacking), "expected a RequestEvent, but what schema id 3 writes cannot be read");
        assertUndecodable(reading, header(broken), "expected an Avro schema as schema id 4, but found");
        assertUndecodable(
                reading, Arrays.copyOf(good, good.length - 1), "expected a whole RequestEvent, but it is cut off");
        assertUndecodable(reading, Arrays.copyOf(good, good.length + 1), "but found more bytes after it");
        assertUndecodable(Framing.SINGLE_OBJECT, good, "with schema id 1: set schema.registry.url");
    }

    private static byte[] header(int id) {
        return ByteBuffer.allocate(5).put((byte) 0).putInt(id).array();
    }

    private static void assertUndecodable(Framing framing, byte[] bytes, String message) {
        assertThatThrownBy(() -> framing.read(bytes))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldNotAskAgainAtOnceForAnIdThatIsNotKnownOrNoneOfWeirs() {
        // Given
        int other = registry.add("{\"type\":\"record\",\"name\":\"Other\",\"fields\":[]}");
        Framing reading = reading();

        // When
        for (int i = 0; i < 3; i++) {
            assertUndecodable(reading, header(99), "it does not know 99");
            assertUndecodable(reading, header(other), "that of Other");
        }

        // Then
        assertThat(registry.asked()).isEqualTo(2);
    }

    /** None of these says that the record is bad: it must not be given up for them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    status | body                                            | message
                    503    | {"error_code":50001,"message":"no leader"}      | found 503 no leader
                    500    | oops                                            | expected JSON, found something else with status 500
                    401    | {"error_code":401,"message":"Unauthorized"}     | found 401 Unauthorized
                    404    | <html>                                          | expected JSON, found something else with status 404
                    404    | {"error_code":404,"message":"HTTP 404"}         | found 404 HTTP 404
                    200    | {"id":1}                                        | expected schema 1, found 200
                    """)
    void shouldNotTakeTheRegistrysTroubleForTheRecords(int status, String body, String message) {
        // Given
        registry.answerAlways(status, body);
        Framing reading = reading();

        // Then
        assertThatThrownBy(() -> reading.read(header(1)))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("schema registry " + registry.url())
                .hasMessageContaining(message);
    }

    @Test
    void shouldWaitForARegistryThatIsAway() throws Exception {
        // Given
        int id = registry.add(FOREIGN.toString());
        registry.answerAlways(503, "{}");
        Framing patient = Framing.with(List.of(registry.url()), null, false, Framing.FOREVER);
        byte[] bytes = framed(id, FOREIGN, foreign());

        // When
        CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> patient.read(bytes));
        while (registry.asked() < 3) {
            Thread.onSpinWait();
        }
        registry.answerAgain();

        // Then
        assertThat(Contracts.requests(read.get())).hasSize(1);
    }

    @Test
    void shouldEndWaitingWhenItIsClosed() {
        // Given
        registry.answerAlways(503, "{}");
        Framing patient = Framing.with(List.of(registry.url()), null, false, Framing.FOREVER);

        // When
        CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> patient.read(header(1)));
        while (registry.asked() < 1) {
            Thread.onSpinWait();
        }
        patient.close();

        // Then
        assertThatThrownBy(read::get).hasCauseInstanceOf(SchemaRegistryException.class);
    }

    @Test
    void shouldAskTheNextAddressWhereOneDoesNotAnswer() throws IOException {
        // Given: nothing listens on the discard port
        int id = registry.add(FOREIGN.toString());
        Framing reading = Framing.with(
                List.of(URI.create("http://127.0.0.1:9"), registry.url()), "ada:secret", false, Duration.ZERO);

        // When
        byte[] read = reading.read(framed(id, FOREIGN, foreign()));

        // Then
        assertThat(Contracts.requests(read)).hasSize(1);
        assertThat(registry.authorizations()).containsExactly("Basic YWRhOnNlY3JldA==");
    }

    @Test
    void shouldTellAtOnceThatTheRegistryRefusesASchema() {
        // Given
        registry.answerAlways(409, "{\"error_code\":409,\"message\":\"Schema being registered is incompatible\"}");
        Framing writing = Framing.with(List.of(registry.url()), null, true, Framing.FOREVER);

        // Then
        assertThatThrownBy(() -> writing.register("weir.decisions", List.of(Contracts.DECISION)))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessage("schema registry " + registry.url() + ": expected it to take "
                        + DecisionEvent.class.getName() + " for subject weir.decisions-"
                        + DecisionEvent.class.getName() + ", found 409 Schema being registered is incompatible");
    }

    @Test
    void shouldReadItsSettings() {
        // When
        FramingSettings settings = FramingSettings.of(
                Map.of("format", "confluent", "schema.registry.url", "http://a:8081/, https://b", "partitions", "4"));

        // Then
        assertThat(settings.confluent()).isTrue();
        assertThat(settings.urls()).containsExactly(URI.create("http://a:8081"), URI.create("https://b"));
        assertThat(FramingSettings.of(Map.of())).isEqualTo(FramingSettings.DEFAULT);
        assertThat(FramingSettings.DEFAULT.framing(Duration.ZERO)).isSameAs(Framing.SINGLE_OBJECT);
        assertThatThrownBy(() -> FramingSettings.of(Map.of("format", "confluent")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url");
        assertThatThrownBy(() -> FramingSettings.of(Map.of("schema.registry.url", "registry:8081")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected addresses like http://registry:8081");
    }
}
