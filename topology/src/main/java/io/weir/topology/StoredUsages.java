package io.weir.topology;

import io.weir.engine.decide.Expiry;
import io.weir.engine.decide.Outbox;
import io.weir.engine.decide.Registry;
import io.weir.engine.decide.Remembered;
import io.weir.engine.decide.Usages;
import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.UsageCodec;
import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Usage in RocksDB. While one record is processed its entries are kept decoded, so that a batch costs one read and one
 * write per distinct subject; {@link #flush} writes them before the record is done, inside its transaction.
 */
final class StoredUsages implements Usages {
    /** First byte of what is remembered of a request id, beside {@link UsageCodec#VERSION} for usage. */
    private static final byte REMEMBERED = 'r';

    private static final int REMEMBERED_HEADER = 1 + Long.BYTES;
    private static final String REQUEST_MARK = "\u001f\u001f";

    private final KeyValueStore<String, byte[]> store;
    private final DueTimes due;
    private final Expiry expiry;
    private final UsageCodec codec = new UsageCodec();
    private final Map<String, SubjectUsage> loaded = new HashMap<>();
    private final Map<String, SubjectUsage> changed = new LinkedHashMap<>();
    private long now;

    StoredUsages(KeyValueStore<String, byte[]> store, KeyValueStore<byte[], byte[]> due, Registry registry) {
        this.store = store;
        this.due = new DueTimes(due);
        this.expiry = new Expiry(registry);
    }

    /** The log appended a record then, in epoch ms; the clock never goes back. */
    void advance(long appendTime) {
        now = Math.max(now, appendTime);
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public SubjectUsage usage(String key) {
        SubjectUsage known = loaded.get(key);
        if (known == null) {
            byte[] bytes = store.get(key);
            known = bytes == null ? new SubjectUsage() : codec.decode(bytes);
            loaded.put(key, known);
        }
        return known;
    }

    @Override
    public void changed(String key, SubjectUsage usage) {
        changed.put(key, usage);
    }

    /** Writes what the record changed. */
    void flush() {
        changed.forEach(this::write);
        changed.clear();
        loaded.clear();
    }

    private void write(String key, SubjectUsage usage) {
        if (usage.scheduledAt() == 0) {
            usage.scheduledAt(due.add(DueTimes.Kind.ENTRY, usage.keepUntil(), key));
        }
        long lift = Expiry.nextLift(usage);
        if (lift > 0) {
            due.add(DueTimes.Kind.LIFT, lift, key);
        }
        store.put(key, codec.encode(usage));
    }

    @Override
    public @Nullable Remembered remembered(String key) {
        byte[] bytes = store.get(key);
        if (bytes == null) {
            return null;
        }
        long timestamp = ByteBuffer.wrap(bytes, 1, Long.BYTES).getLong();
        byte[] decision = new byte[bytes.length - REMEMBERED_HEADER];
        System.arraycopy(bytes, REMEMBERED_HEADER, decision, 0, decision.length);
        return new Remembered(
                timestamp, decision.length == 0 ? null : Conversions.decision(Contracts.DECISION.decode(decision)));
    }

    @Override
    public void remember(String key, Remembered remembered, long keepUntil) {
        byte[] decision = remembered.decision() == null
                ? new byte[0]
                : Contracts.DECISION.encode(Conversions.event(remembered.decision(), null));
        store.put(
                key,
                ByteBuffer.allocate(REMEMBERED_HEADER + decision.length)
                        .put(REMEMBERED)
                        .putLong(remembered.timestamp())
                        .put(decision)
                        .array());
        due.add(DueTimes.Kind.ENTRY, keepUntil, key);
    }

    /**
     * Deletes dead entries and takes ended blocks off the list, at most {@code most} of them.
     *
     * @param liftNow the time by which blocks have ended; later than {@link #now} where no events come that could tell
     */
    void expire(long liftNow, int most, Outbox outbox) {
        due.drain(DueTimes.Kind.LIFT, liftNow, most, key -> {
            SubjectUsage usage = usage(key);
            if (expiry.lift(key, usage, liftNow, outbox)) {
                changed(key, usage);
            }
        });
        due.drain(DueTimes.Kind.ENTRY, now, most, key -> {
            if (key.contains(REQUEST_MARK)) {
                store.delete(key);
                return;
            }
            SubjectUsage usage = usage(key);
            usage.scheduledAt(0);
            if (expiry.expire(key, usage, now, outbox)) {
                store.delete(key);
                changed.remove(key);
                loaded.remove(key);
            } else {
                changed(key, usage);
            }
        });
        flush();
    }

    /** How many entries there are, for tests: a full scan. */
    int size() {
        int size = 0;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            for (; all.hasNext(); all.next()) {
                size++;
            }
        }
        return size;
    }
}
