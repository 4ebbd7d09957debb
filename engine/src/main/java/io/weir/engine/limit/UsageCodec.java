package io.weir.engine.limit;

import java.util.Arrays;

/**
 * The stored form of a {@link SubjectUsage}, version 1: variable-length integers, windows relative to one another.
 *
 * <pre>
 * version:1 byte | keepUntil, scheduledAt, reportedAt: varint (relative to keepUntil) | #limits: varint
 * per limit:  id: 4 bytes | #windows: varint | floor: varint | per window: start − previous start, hits, mark − start: varint
 * #blocks: varint | per block: id: 4 bytes | from, until − from, level, liftAt: varint
 * </pre>
 *
 * Two limits with two windows each take about 60 bytes. An instance reuses its buffer and is for one thread.
 */
public final class UsageCodec {
    /** First byte of every entry; another one is from a later version of the program. */
    public static final byte VERSION = 1;

    private byte[] buffer = new byte[256];
    private int position;
    private byte[] in = {};
    private int at;

    public byte[] encode(SubjectUsage usage) {
        position = 0;
        reserve(64);
        buffer[position++] = VERSION;
        varint(usage.keepUntil());
        zigzag(usage.scheduledAt() - usage.keepUntil());
        zigzag(usage.reportedAt());
        varint(usage.size());
        for (int i = 0; i < usage.size(); i++) {
            fixed(usage.id(i));
            windows(usage.windowsAt(i));
        }
        varint(usage.blockCount());
        for (int i = 0; i < usage.blockCount(); i++) {
            reserve(64);
            fixed(usage.blockId(i));
            BlockState block = usage.blockAt(i);
            zigzag(block.from());
            zigzag(block.until() - block.from());
            varint(block.level());
            varint(block.liftAt());
        }
        return Arrays.copyOf(buffer, position);
    }

    private void windows(Windows windows) {
        reserve(64 + windows.size() * 30);
        varint(windows.size());
        zigzag(windows.floor());
        long base = 0;
        for (int i = 0; i < windows.size(); i++) {
            long start = windows.start(i);
            zigzag(start - base);
            varint(windows.hits(i));
            zigzag(windows.mark(i) - start);
            base = start;
        }
    }

    /** @throws IllegalStateException when the bytes are not an entry of this version, saying what they are */
    public SubjectUsage decode(byte[] bytes) {
        SubjectUsage usage = new SubjectUsage();
        decode(bytes, usage);
        return usage;
    }

    /** The same, in place of all that {@code usage} held; what follows the entry in {@code bytes} does not matter. */
    public void decode(byte[] bytes, SubjectUsage usage) {
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new IllegalStateException("stored usage must begin with version " + VERSION + ", but was "
                    + (bytes.length == 0 ? "empty" : "version " + bytes[0]) + ": written by another version of Weir?");
        }
        in = bytes;
        at = 1;
        long keepUntil = readVarint();
        long scheduledAt = keepUntil + readZigzag();
        long reportedAt = readZigzag();
        int limits = (int) readVarint();
        usage.clear();
        usage.keepUntil(keepUntil);
        usage.scheduledAt(scheduledAt);
        usage.reportedAt(reportedAt);
        for (int n = limits; n > 0; n--) {
            readWindows(usage);
        }
        for (int n = (int) readVarint(); n > 0; n--) {
            int id = readFixed();
            long from = readZigzag();
            long until = from + readZigzag();
            usage.setBlock(id, new BlockState(from, until, (int) readVarint(), readVarint()));
        }
    }

    private void readWindows(SubjectUsage usage) {
        int id = readFixed();
        int count = (int) readVarint();
        Windows windows = usage.windows(id);
        windows.reserve(count);
        windows.restoreFloor(readZigzag());
        long start = 0;
        for (int i = 0; i < count; i++) {
            start += readZigzag();
            long hits = readVarint();
            windows.restore(start, hits, start + readZigzag());
        }
    }

    private void reserve(int bytes) {
        if (buffer.length - position < bytes) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, position + bytes));
        }
    }

    private void fixed(int value) {
        buffer[position++] = (byte) (value >>> 24);
        buffer[position++] = (byte) (value >>> 16);
        buffer[position++] = (byte) (value >>> 8);
        buffer[position++] = (byte) value;
    }

    private void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[position++] = (byte) rest;
    }

    private int readFixed() {
        at += 4;
        return in[at - 4] << 24 | (in[at - 3] & 0xFF) << 16 | (in[at - 2] & 0xFF) << 8 | (in[at - 1] & 0xFF);
    }

    private long readZigzag() {
        long value = readVarint();
        return (value >>> 1) ^ -(value & 1);
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("stored usage has a number of more than 64 bits at byte " + at);
    }
}
