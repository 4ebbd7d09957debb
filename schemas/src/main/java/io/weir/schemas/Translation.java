package io.weir.schemas;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** How a datum of some writer's schema becomes a record in single-object encoding. May be used by many threads. */
sealed interface Translation {
    /** The record whose datum begins at an index of {@code value}. */
    byte[] apply(byte[] value, int from);

    /**
     * The translation of what was written by a schema.
     *
     * @param id the schema's id, for messages
     * @throws UndecodableException when the schema is not one of Weir's, of whatever version
     */
    static Translation of(int id, Schema written) {
        long fingerprint = SingleObject.fingerprint(written);
        List<Contract<?>> contracts = Contracts.all();
        for (Contract<?> contract : contracts) {
            if (contract.wrote(fingerprint)) {
                return new Reheaded(SingleObject.header(written));
            }
        }
        for (Contract<?> contract : contracts) {
            if (contract.schema().getName().equals(written.getName())) {
                return resolved(id, written, contract.schema());
            }
        }
        throw new UndecodableException(
                "expected a record of Weir's, but schema id " + id + " is that of " + written.getFullName());
    }

    /** The newest schema of one of Weir's records by its fingerprint. */
    static Schema current(long fingerprint) {
        for (Contract<?> contract : Contracts.all()) {
            if (SingleObject.fingerprint(contract.schema()) == fingerprint) {
                return contract.schema();
            }
        }
        throw new IllegalArgumentException("only records of the newest schemas are written");
    }

    private static Translation resolved(int id, Schema written, Schema read) {
        SchemaPairCompatibility pair = SchemaCompatibility.checkReaderWriterCompatibility(read, written);
        if (pair.getType() != SchemaCompatibilityType.COMPATIBLE) {
            throw new UndecodableException("expected a " + read.getName() + ", but what schema id " + id
                    + " writes cannot be read as one: "
                    + pair.getResult().getIncompatibilities().get(0).getMessage());
        }
        return new Resolved(written, read);
    }

    /** Of a schema that is known: the same datum with another header. */
    record Reheaded(byte[] header) implements Translation {
        @Override
        public byte[] apply(byte[] value, int from) {
            byte[] record = new byte[header.length + value.length - from];
            System.arraycopy(header, 0, record, 0, header.length);
            System.arraycopy(value, from, record, header.length, value.length - from);
            return record;
        }
    }

    /** Of a schema that is none of Weir's. */
    record Refused(String reason) implements Translation {
        @Override
        public byte[] apply(byte[] value, int from) {
            throw new UndecodableException(reason);
        }
    }

    /** Of an older, newer or foreign schema of the same record: read as Avro resolves it, and written anew. */
    record Resolved(Schema written, Schema read) implements Translation {
        @Override
        public byte[] apply(byte[] value, int from) {
            ByteArrayOutputStream record = new ByteArrayOutputStream(value.length + SingleObject.HEADER);
            record.writeBytes(SingleObject.header(read));
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(value, from, value.length - from, null);
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(record, null);
            try {
                GenericRecord datum = new GenericDatumReader<GenericRecord>(written, read).read(null, decoder);
                if (!decoder.isEnd()) {
                    throw new UndecodableException(
                            "expected one " + read.getName() + ", but found more bytes after it in " + value.length);
                }
                new GenericDatumWriter<GenericRecord>(read).write(datum, encoder);
                return record.toByteArray();
            } catch (EOFException truncated) {
                throw new UndecodableException(
                        "expected a whole " + read.getName() + ", but it is cut off after " + value.length + " bytes");
            } catch (UndecodableException undecodable) {
                throw undecodable;
            } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException | OutOfMemoryError broken) {
                throw new UndecodableException("expected a " + read.getName() + ", but its " + value.length
                        + " bytes don't make one: " + broken.getMessage());
            }
        }
    }
}
