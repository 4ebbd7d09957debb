package io.weir.topology;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The index of due times: stored keys are {@code kind, due time, entry key}, so that what is due stands at the front, and
 * the value holds further entry keys that are due at that time: {@code length, bytes} of each.
 *
 * <p>Entries die in coarse steps, at most an eighth of their time later than they could, so that many fall into one step
 * and those that came between two writes share a record: a new subject costs a few bytes here instead of a put of its own.
 *
 * <p>RocksDB must step over deleted keys at the front of a range, so draining goes on from where it last stopped, and
 * nothing is filed before that.
 */
final class DueTimes {
    /** What is due. */
    enum Kind {
        /** A block's end: its entry leaves the block list. To the millisecond. */
        LIFT(0),
        /** An entry may have died. */
        ENTRY(1);

        /** First byte of its keys. */
        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }
    }

    /** The shortest step, in ms, and the largest record, in bytes. */
    private static final long STEP_MS = 1024;

    private static final int MAX_VALUE = 64 * 1024;

    /** What one draining hands on at most, however much was filed. */
    private static final int MOST = 100_000;

    private final KeyValueStore<byte[], byte[]> store;
    private final Map<Kind, Long> drained = new EnumMap<>(Kind.class);
    private final Map<Long, Filed> pending = new TreeMap<>();
    private int entriesFiled;

    /** Entry keys due at one time that have not been written yet. */
    private static final class Filed {
        private final byte[] first;
        private final ByteArrayOutputStream others = new ByteArrayOutputStream();

        private Filed(byte[] first) {
            this.first = first;
        }

        private void add(byte[] key) {
            others.write(key.length >>> 8);
            others.write(key.length);
            others.writeBytes(key);
        }
    }

    DueTimes(KeyValueStore<byte[], byte[]> store) {
        this.store = store;
    }

    /** Files a key under a time, in ms, or a little later, and returns the time it was filed under. */
    long add(Kind kind, long now, long time, byte[] key) {
        if (kind == Kind.LIFT || key.length > 0xFFFF) {
            long filed = Math.max(time, drained(kind));
            store.put(key(kind, filed, key), new byte[0]);
            return filed;
        }
        entriesFiled++;
        long filed = step(Math.max(time, drained(kind)), now);
        Filed others = pending.get(filed);
        if (others == null) {
            pending.put(filed, new Filed(key));
        } else {
            others.add(key);
            if (others.others.size() > MAX_VALUE) {
                write(filed, others);
                pending.remove(filed);
            }
        }
        return filed;
    }

    private static long step(long time, long now) {
        long step = Math.max(STEP_MS, Long.highestOneBit(Math.max(1, (time - now) / 8)));
        long over = time & (step - 1);
        return over == 0 || time > Long.MAX_VALUE - step ? time : time - over + step;
    }

    /** Writes what has been filed, before the commit that it belongs to. */
    void flush() {
        if (!pending.isEmpty()) {
            pending.forEach(this::write);
            pending.clear();
        }
    }

    private void write(long time, Filed filed) {
        byte[] key = key(Kind.ENTRY, time, filed.first);
        byte[] before = store.get(key);
        if (before != null) {
            // A request id can come back and be filed at the same time again.
            filed.others.writeBytes(before);
        }
        store.put(key, filed.others.toByteArray());
    }

    /**
     * Removes keys due before {@code now} and hands them on: at most {@code usual} and one record of them, or of entries
     * twice as many as were filed since the last time. A flood of subjects that are seen once would outgrow any fixed number.
     */
    void drain(Kind kind, long now, int usual, Consumer<String> due) {
        flush();
        int most = usual;
        if (kind == Kind.ENTRY) {
            most = Math.max(usual, Math.min(MOST, 2 * entriesFiled));
            entriesFiled = 0;
        }
        if (drained(kind) >= now) {
            return; // The log's time is behind the wall clock by which blocks were lifted while nothing came.
        }
        List<KeyValue<byte[], byte[]>> found = new ArrayList<>();
        int keys = 0;
        try (KeyValueIterator<byte[], byte[]> range =
                store.range(key(kind, drained(kind), new byte[0]), key(kind, now, new byte[0]))) {
            while (range.hasNext() && keys < most) {
                KeyValue<byte[], byte[]> next = range.next();
                found.add(next);
                keys += 1 + next.value.length / 16;
            }
        }
        boolean all = keys < most;
        drained.put(kind, all ? Math.max(drained(kind), now) : time(found.get(found.size() - 1).key));
        for (KeyValue<byte[], byte[]> record : found) {
            store.delete(record.key);
            due.accept(text(record.key, 1 + Long.BYTES, record.key.length - 1 - Long.BYTES));
            ByteBuffer others = ByteBuffer.wrap(record.value);
            while (others.hasRemaining()) {
                int length = others.getShort() & 0xFFFF;
                due.accept(text(record.value, others.position(), length));
                others.position(others.position() + length);
            }
        }
    }

    private static String text(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    private long drained(Kind kind) {
        return drained.getOrDefault(kind, 0L);
    }

    private static byte[] key(Kind kind, long time, byte[] key) {
        return ByteBuffer.allocate(1 + Long.BYTES + key.length)
                .put(kind.code)
                .putLong(time)
                .put(key)
                .array();
    }

    private static long time(byte[] key) {
        return ByteBuffer.wrap(key, 1, Long.BYTES).getLong();
    }
}
