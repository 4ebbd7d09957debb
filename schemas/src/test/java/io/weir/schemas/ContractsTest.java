package io.weir.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContractsTest {
    static final RequestEvent REQUEST = RequestEvent.newBuilder()
            .setRequestId("r1")
            .setTimestamp(1_700_000_000_000L)
            .setDomain("example")
            .setMethod("GET")
            .setPath("/x?y=z")
            .setToken("t1")
            .setAttributes(Map.of("plan", "free"))
            .build();

    static List<Schema> schemas() {
        return Contracts.all().stream().map(Contract::schema).toList();
    }

    @Test
    void shouldReadWhatItWrote() {
        // When
        List<RequestEvent> read = Contracts.requests(Contracts.REQUEST.encode(REQUEST));

        // Then
        assertThat(read).containsExactly(REQUEST);
        assertThat(read.get(0).getHits()).isEqualTo(1);
        assertThat(read.get(0).getReplyPartition()).isNull();
    }

    @Test
    void shouldReadABatchWhereASingleEventMayStand() {
        // Given
        RequestEvent second =
                RequestEvent.newBuilder(REQUEST).setRequestId("r2").build();

        // When
        byte[] bytes = Contracts.REQUESTS.encode(new RequestBatch(List.of(REQUEST, second)));

        // Then
        assertThat(Contracts.requests(bytes)).containsExactly(REQUEST, second);
    }

    @Test
    void shouldReadWhatAWriterOfEachCommittedVersionWrote() throws IOException {
        for (Schema older : Contract.history("RequestEvent")) {
            // Given: a record written by the schema alone, as another language does
            GenericRecord record = new GenericRecordBuilder(older)
                    .set("timestamp", 5L)
                    .set("domain", "example")
                    .set("method", "GET")
                    .set("path", "/")
                    .build();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(SingleObject.header(older));
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(older).write(record, encoder);

            // When
            RequestEvent read = Contracts.REQUEST.decode(bytes.toByteArray());

            // Then
            assertThat(read.getTimestamp()).isEqualTo(5);
            assertThat(read.getHits()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseAHostileLength() {
        // Given: a request id of two gigabytes, in six bytes
        byte[] bytes = Arrays.copyOf(Contracts.REQUEST.encode(REQUEST), 16);
        bytes[10] = 2;
        Arrays.fill(bytes, 11, 15, (byte) 0xFF);
        bytes[15] = 0x0F;

        // Then
        assertThatThrownBy(() -> Contracts.requests(bytes)).isInstanceOf(UndecodableException.class);
    }

    @Test
    void shouldSayWhatWasFoundWhenBytesAreNoRecord() {
        assertThatThrownBy(() -> Contracts.requests("{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("expected Avro single-object encoding (C3 01 and a schema fingerprint), but found 7 bytes"
                        + " beginning with 7B 22 61 22 3A 31 7D");
        assertThatThrownBy(() -> Contracts.requests(new byte[0]))
                .isInstanceOf(UndecodableException.class)
                .hasMessageEndingWith("but found no bytes");
    }

    @Test
    void shouldNameAnUnknownSchema() {
        // Given
        byte[] bytes = Contracts.REQUEST.encode(REQUEST);
        Arrays.fill(bytes, 2, 10, (byte) 0xAB);

        // Then
        assertThatThrownBy(() -> Contracts.requests(bytes))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("expected a RequestEvent of a known schema, but found schema fingerprint abababababababab:"
                        + " written by a later version?");
    }

    @Test
    void shouldRefuseEveryTruncation() {
        // Given
        byte[] bytes = Contracts.REQUEST.encode(REQUEST);

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);

            // Then
            assertThatThrownBy(() -> Contracts.requests(cut)).isInstanceOf(UndecodableException.class);
        }
    }

    @Test
    void shouldRefuseBytesAfterTheRecord() {
        // Given
        byte[] bytes = Contracts.REQUEST.encode(REQUEST);

        // Then
        assertThatThrownBy(() -> Contracts.requests(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("more bytes after it");
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldStayCompatibleWithEveryCommittedVersion(Schema current) {
        // Given
        List<Schema> history = Contract.history(current.getName());

        // Then
        assertThat(history)
                .as("avro-history/%s holds version 1", current.getName())
                .isNotEmpty();
        assertThat(SchemaNormalization.toParsingForm(history.get(history.size() - 1)))
                .as(
                        "the newest committed version is the current one; if you changed %s, add its new schema as"
                                + " avro-history/%s/%d.avsc and keep the older ones",
                        current.getName(), current.getName(), history.size() + 1)
                .isEqualTo(SchemaNormalization.toParsingForm(current));
        for (Schema older : history) {
            assertThat(compatibility(current, older)).as("new reads old").isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            assertThat(compatibility(older, current)).as("old reads new").isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
    }

    private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldDocumentEveryField(Schema schema) {
        documented(schema);
    }

    private static void documented(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                assertThat(schema.getDoc()).as(schema.getName()).isNotBlank();
                for (Schema.Field field : schema.getFields()) {
                    assertThat(field.doc())
                            .as(schema.getName() + "." + field.name())
                            .isNotBlank();
                    documented(field.schema());
                }
            }
            case ENUM -> assertThat(schema.getDoc()).as(schema.getName()).isNotBlank();
            case UNION -> schema.getTypes().forEach(ContractsTest::documented);
            case ARRAY -> documented(schema.getElementType());
            case MAP -> documented(schema.getValueType());
            default -> assertThat(schema.getType()).isNotNull();
        }
    }
}
