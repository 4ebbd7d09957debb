package io.weir.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The index of due times: keys are {@code kind, due time, entry key}, so that what is due stands at the front.
 *
 * <p>RocksDB must step over deleted keys at the front of a range, so draining goes on from where it last stopped, and
 * nothing is filed before that.
 */
final class DueTimes {
    /** What is due. */
    enum Kind {
        /** A block's end: its entry leaves the block list. */
        LIFT(0),
        /** An entry may have died. */
        ENTRY(1);

        /** First byte of its keys. */
        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }
    }

    private static final byte[] NOTHING = new byte[0];

    private final KeyValueStore<byte[], byte[]> store;
    private final Map<Kind, Long> drained = new EnumMap<>(Kind.class);

    DueTimes(KeyValueStore<byte[], byte[]> store) {
        this.store = store;
    }

    /** Files a key under a time, in ms, and returns the time it was filed under. */
    long add(Kind kind, long time, String key) {
        long filed = Math.max(time, drained(kind));
        store.put(key(kind, filed, key.getBytes(StandardCharsets.UTF_8)), NOTHING);
        return filed;
    }

    /** Removes at most {@code most} keys due before {@code now} and hands them on. */
    void drain(Kind kind, long now, int most, Consumer<String> due) {
        List<byte[]> found = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> range =
                store.range(key(kind, drained(kind), NOTHING), key(kind, now, NOTHING))) {
            while (range.hasNext() && found.size() < most) {
                found.add(range.next().key);
            }
        }
        boolean all = found.size() < most;
        drained.put(kind, all ? Math.max(drained(kind), now) : time(found.get(found.size() - 1)));
        for (byte[] key : found) {
            store.delete(key);
            due.accept(new String(key, 1 + Long.BYTES, key.length - 1 - Long.BYTES, StandardCharsets.UTF_8));
        }
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
