package io.weir.schemas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Avro's single-object encoding: the marker {@code C3 01}, the CRC-64-AVRO fingerprint of the writer's schema (8 bytes,
 * little-endian), and the datum in binary form.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">the specification</a>
 */
final class SingleObject {
    static final int HEADER = 10;
    private static final byte MARKER_0 = (byte) 0xC3;
    private static final byte MARKER_1 = 0x01;

    private SingleObject() {}

    static byte[] header(Schema schema) {
        return ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MARKER_0)
                .put(MARKER_1)
                .putLong(fingerprint(schema))
                .array();
    }

    static long fingerprint(Schema schema) {
        return SchemaNormalization.parsingFingerprint64(schema);
    }

    /** @throws UndecodableException when the bytes don't begin as single-object encoding does */
    static long fingerprint(byte[] bytes) {
        if (bytes.length < HEADER || bytes[0] != MARKER_0 || bytes[1] != MARKER_1) {
            throw new UndecodableException(
                    "expected Avro single-object encoding (C3 01 and a schema fingerprint), but found " + start(bytes));
        }
        return ByteBuffer.wrap(bytes, 2, Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    private static String start(byte[] bytes) {
        if (bytes.length == 0) {
            return "no bytes";
        }
        StringBuilder text = new StringBuilder(bytes.length + " bytes beginning with");
        for (int i = 0; i < Math.min(bytes.length, HEADER); i++) {
            text.append(String.format(" %02X", bytes[i]));
        }
        return text.toString();
    }
}
