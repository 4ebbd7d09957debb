package io.weir.schemas;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Avro's binary encoding into a buffer that grows and is used again: for the few records of which there is one per
 * request. For one thread.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">the specification</a>
 */
public final class BinaryOut {
    private byte[] bytes = new byte[512];
    private int size;

    /** Forgets what was written. */
    public void reset() {
        size = 0;
    }

    public int size() {
        return size;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    /** Raw bytes, such as a header. */
    public void raw(byte[] more) {
        reserve(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    /** All of what was written to another. */
    public void raw(BinaryOut other) {
        reserve(other.size);
        System.arraycopy(other.bytes, 0, bytes, size, other.size);
        size += other.size;
    }

    /** An Avro int, long, enum, union branch or length. */
    public void number(long value) {
        reserve(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    public void bool(boolean value) {
        reserve(1);
        bytes[size++] = (byte) (value ? 1 : 0);
    }

    public void string(String text) {
        int length = text.length();
        int began = size;
        number(length);
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                size = began;
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                number(encoded.length);
                raw(encoded);
                return;
            }
            bytes[size++] = (byte) c;
        }
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }
}
