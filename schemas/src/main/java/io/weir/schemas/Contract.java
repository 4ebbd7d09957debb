package io.weir.schemas;

import io.weir.schemas.avro.BlockEntry;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * One record type of the contracts: writes its current schema in {@linkplain SingleObject single-object encoding} and
 * reads every schema it ever had, kept under {@code avro-history/<Name>/<n>.avsc}. May be used by many threads.
 */
public final class Contract<T extends SpecificRecord> {
    static {
        // Avro reads only into classes it is told to trust; this adds ours to what others have said.
        ClassSecurityPredicate others = ClassSecurityValidator.getGlobal();
        String ours = BlockEntry.class.getPackageName();
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                others, type -> type.getPackageName().equals(ours)));
    }

    private final SpecificData model;
    private final Schema schema;
    private final byte[] header;
    private final long fingerprint;
    private final SpecificDatumWriter<T> writer;
    private final Map<Long, Schema> writers = new LinkedHashMap<>();
    private final ThreadLocal<Scratch<T>> scratch = ThreadLocal.withInitial(Scratch::new);

    /** Buffers and readers of one thread. */
    private static final class Scratch<T> {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        private final Map<Long, SpecificDatumReader<T>> readers = new LinkedHashMap<>();
        private BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        private BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);
    }

    Contract(Class<T> type) {
        SpecificData model = SpecificData.getForClass(type);
        this.model = model;
        this.schema = model.getSchema(type);
        this.header = SingleObject.header(schema);
        this.fingerprint = SingleObject.fingerprint(schema);
        this.writer = new SpecificDatumWriter<>(schema, model);
        writers.put(fingerprint, schema);
        for (Schema older : history(schema.getName())) {
            writers.putIfAbsent(SingleObject.fingerprint(older), older);
        }
    }

    /** The committed versions of a record's schema, oldest first. */
    static List<Schema> history(String name) {
        Map<Integer, Schema> versions = new LinkedHashMap<>();
        for (int version = 1; ; version++) {
            try (InputStream in =
                    Contract.class.getResourceAsStream("/avro-history/" + name + "/" + version + ".avsc")) {
                if (in == null) {
                    return List.copyOf(versions.values());
                }
                versions.put(version, new Schema.Parser().parse(in));
            } catch (IOException unreadable) {
                throw new UncheckedIOException("schema history of " + name + " is unreadable", unreadable);
            }
        }
    }

    /** The schema that is written. */
    public Schema schema() {
        return schema;
    }

    /** Begins a record of this type: what the schema's fields are written after. */
    public void begin(BinaryOut out) {
        out.raw(header);
    }

    /** The fingerprint of the schema that is written. */
    long fingerprint() {
        return fingerprint;
    }

    /** Whether the bytes say that they are a record of this type, of whatever version. */
    boolean wrote(long fingerprint) {
        return writers.containsKey(fingerprint);
    }

    public byte[] encode(T value) {
        Scratch<T> mine = scratch.get();
        mine.out.reset();
        mine.out.writeBytes(header);
        try {
            mine.encoder = EncoderFactory.get().directBinaryEncoder(mine.out, mine.encoder);
            writer.write(value, mine.encoder);
            mine.encoder.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
        return mine.out.toByteArray();
    }

    /** @throws UndecodableException when the bytes are not a record of this type */
    public T decode(byte[] bytes) {
        long fingerprint = SingleObject.fingerprint(bytes);
        Schema written = writers.get(fingerprint);
        if (written == null) {
            throw new UndecodableException(String.format(
                    "expected a %s of a known schema, but found schema fingerprint %016x: written by a later version?",
                    schema.getName(), fingerprint));
        }
        Scratch<T> mine = scratch.get();
        SpecificDatumReader<T> reader =
                mine.readers.computeIfAbsent(fingerprint, unknown -> new SpecificDatumReader<>(written, schema, model));
        mine.decoder = DecoderFactory.get()
                .binaryDecoder(bytes, SingleObject.HEADER, bytes.length - SingleObject.HEADER, mine.decoder);
        try {
            T value = reader.read(null, mine.decoder);
            if (!mine.decoder.isEnd()) {
                throw new UndecodableException(
                        "expected one " + schema.getName() + ", but found more bytes after it in " + bytes.length);
            }
            return value;
        } catch (EOFException truncated) {
            throw new UndecodableException(
                    "expected a whole " + schema.getName() + ", but it is cut off after " + bytes.length + " bytes");
        } catch (UndecodableException undecodable) {
            throw undecodable;
        } catch (IOException | RuntimeException | OutOfMemoryError broken) {
            // Avro tells of hostile bytes by exceptions of many kinds, unsupported operations among them.
            throw new UndecodableException("expected a " + schema.getName() + ", but its " + bytes.length
                    + " bytes don't make one: " + broken.getMessage());
        }
    }

    /** For Kafka clients; null stays null (a tombstone). */
    public Serde<T> serde() {
        return Serdes.serdeFrom(serializer(), deserializer());
    }

    @SuppressWarnings("NullAway") // Kafka's interfaces pass and expect null for tombstones
    public Serializer<T> serializer() {
        return (topic, value) -> value == null ? null : encode(value);
    }

    @SuppressWarnings("NullAway") // Kafka's interfaces pass and expect null for tombstones
    public Deserializer<T> deserializer() {
        return (topic, bytes) -> bytes == null ? null : decode(bytes);
    }
}
