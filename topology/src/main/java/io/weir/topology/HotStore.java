package io.weir.topology;

import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.UsageCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.WrappedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * The usage store with its hot entries decoded on the heap. A change is made there; it is written to RocksDB and the
 * changelog in {@link #flushCache}, which Kafka Streams calls before it sends what a transaction holds and commits it, or
 * earlier, oldest first, when more than {@link HotState#dirty} entries have changed. So a subject that is hit a thousand times
 * between two commits is read, encoded, written and logged once, and all that a commit acknowledges is in it.
 *
 * <p>The one class that touches internals of Kafka Streams ({@link WrappedStateStore}); {@link WrittenThrough} does
 * without. What was measured and won, and how a crash at any moment is survived, is in the decision record.
 *
 * <p>The task's thread owns the entries. Other threads may call {@link #get}: a lock, held by the task's thread for one
 * record at a time, lets them see each entry as the last whole record left it. {@link #all} and the ranges see what has
 * been written back, which is complete at each commit.
 *
 * @see <a href="../../../../../../../docs/adr/0006-hot-entries-above-rocksdb.md">the decision record</a>
 */
class HotStore extends WrappedStateStore<KeyValueStore<Bytes, byte[]>, String, byte[]>
        implements KeyValueStore<String, byte[]>, UsageTable {

    /** Entries written at once, while no other thread can look. */
    private static final int CHUNK = 256;

    /** An entry on the heap. */
    private static final class Hot {
        private final String key;
        private final SubjectUsage usage;
        /** Differs from RocksDB; then it stands in {@link #dirty}. */
        private boolean dirty;
        /** Used since it was last looked at for eviction. */
        private boolean used;
        /** No longer in {@link #entries}. */
        private boolean gone;

        private Hot(String key, SubjectUsage usage) {
            this.key = key;
            this.usage = usage;
        }
    }

    private final HotState size;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final UsageCodec codec = new UsageCodec();
    private final Map<String, Hot> entries = new HashMap<>();
    /** Every entry once, in the order in which they are looked at for eviction. */
    private final ArrayDeque<Hot> order = new ArrayDeque<>();
    /** Changed entries, the longest changed first. */
    private final ArrayDeque<Hot> dirty = new ArrayDeque<>();

    private @Nullable Hot last;
    private @Nullable Writer writer;

    HotStore(KeyValueStore<Bytes, byte[]> store, HotState size) {
        super(store);
        this.size = size;
    }

    /** The builder of such a store, {@code above} one of bytes. */
    static StoreBuilder<KeyValueStore<String, byte[]>> builder(
            StoreBuilder<KeyValueStore<Bytes, byte[]>> bytes, Function<KeyValueStore<Bytes, byte[]>, HotStore> above) {
        return new Builder(bytes, above);
    }

    /** The table of a store that a processor was given; one that stands on public interfaces if it is not of this class. */
    static UsageTable table(KeyValueStore<String, byte[]> store) {
        return store instanceof WrappedStateStore<?, ?, ?> guarded && guarded.wrapped() instanceof HotStore hot
                ? hot
                : new WrittenThrough(store);
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        // The same object is initialised again when a task is revived after its state was lost.
        clearCache();
        super.init(context, root);
    }

    @Override
    public void close() {
        clearCache();
        super.close();
    }

    @Override
    public void clearCache() {
        lock.lock();
        try {
            entries.clear();
            order.clear();
            dirty.clear();
            last = null;
        } finally {
            lock.unlock();
        }
    }

    /** Inside the transaction, before it is committed: see {@code StreamTask.prepareCommit}. */
    @Override
    public void flushCache() {
        while (!dirty.isEmpty()) {
            lock.lock();
            try {
                write(CHUNK);
            } finally {
                lock.unlock();
            }
        }
        if (writer != null) {
            writer.written();
        }
        super.flushCache();
    }

    @Override
    public void writer(Writer entryWriter) {
        writer = entryWriter;
    }

    @Override
    public void begin() {
        lock.lock();
    }

    @Override
    public SubjectUsage usage(String key) {
        Hot hot = entries.get(key);
        if (hot == null) {
            byte[] bytes = wrapped().get(bytes(key));
            hot = new Hot(key, bytes == null ? new SubjectUsage() : codec.decode(bytes));
            entries.put(key, hot);
            order.addLast(hot);
        }
        hot.used = true;
        last = hot;
        return hot.usage;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // mostly it is the entry that was asked for last
    public void changed(String key, SubjectUsage usage) {
        Hot hot = last != null && last.usage == usage ? last : entries.get(key);
        if (hot == null || hot.usage != usage) {
            throw new IllegalStateException(
                    "expected a change of the entry that was given out for this record: " + key);
        }
        if (!hot.dirty) {
            hot.dirty = true;
            dirty.addLast(hot);
        }
    }

    @Override
    public byte @Nullable [] raw(String key) {
        return wrapped().get(bytes(key));
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka's interface takes null for a deletion
    public void raw(String key, byte @Nullable [] value) {
        wrapped().put(bytes(key), value);
    }

    @Override
    public void remove(String key) {
        Hot hot = entries.remove(key);
        if (hot != null) {
            hot.gone = true;
        }
        raw(key, null);
    }

    @Override
    public void done() {
        while (dirty.size() > size.dirty()) {
            write(CHUNK);
        }
        while (entries.size() > size.entries()) {
            evict();
        }
        last = null;
    }

    @Override
    public void release() {
        lock.unlock();
    }

    /** Second chance: what was used since it was last looked at stays, and so does what is not written yet. */
    private void evict() {
        Hot oldest = order.removeFirst();
        if (oldest.gone) {
            return;
        }
        if (oldest.used || oldest.dirty) {
            oldest.used = false;
            order.addLast(oldest);
            return;
        }
        oldest.gone = true;
        entries.remove(oldest.key);
    }

    /** Writes the entries that have been changed the longest, at most so many. */
    private void write(int most) {
        Writer by = writer;
        if (by == null) {
            throw new IllegalStateException("expected a writer before anything is changed");
        }
        List<KeyValue<Bytes, byte[]>> changes = new ArrayList<>(Math.min(most, dirty.size()));
        while (changes.size() < most && !dirty.isEmpty()) {
            Hot oldest = dirty.removeFirst();
            oldest.dirty = false;
            if (!oldest.gone) {
                changes.add(KeyValue.pair(bytes(oldest.key), by.encode(oldest.key, oldest.usage)));
            }
        }
        wrapped().putAll(changes);
    }

    private static Bytes bytes(String key) {
        return Bytes.wrap(key.getBytes(StandardCharsets.UTF_8));
    }

    /** The entry's stored form as the last whole record left it, or null; any thread may ask. */
    @Override
    public byte @Nullable [] get(String key) {
        lock.lock();
        try {
            Hot hot = entries.get(key);
            if (hot != null && hot.dirty) {
                return new UsageCodec().encode(hot.usage);
            }
        } finally {
            lock.unlock();
        }
        return wrapped().get(bytes(key));
    }

    @Override
    public void put(String key, byte[] value) {
        throw new UnsupportedOperationException("entries are changed through UsageTable only");
    }

    @Override
    public byte[] delete(String key) {
        throw new UnsupportedOperationException("entries are changed through UsageTable only");
    }

    @Override
    public byte[] putIfAbsent(String key, byte[] value) {
        throw new UnsupportedOperationException("entries are changed through UsageTable only");
    }

    @Override
    public void putAll(List<KeyValue<String, byte[]>> changes) {
        throw new UnsupportedOperationException("entries are changed through UsageTable only");
    }

    @Override
    public KeyValueIterator<String, byte[]> range(String from, String to) {
        return new Decoded(wrapped().range(bytes(from), bytes(to)));
    }

    @Override
    public KeyValueIterator<String, byte[]> all() {
        return new Decoded(wrapped().all());
    }

    @Override
    public long approximateNumEntries() {
        return wrapped().approximateNumEntries();
    }

    /** Keys as text. */
    private record Decoded(KeyValueIterator<Bytes, byte[]> bytes) implements KeyValueIterator<String, byte[]> {
        @Override
        public boolean hasNext() {
            return bytes.hasNext();
        }

        @Override
        public KeyValue<String, byte[]> next() {
            KeyValue<Bytes, byte[]> next = bytes.next();
            return KeyValue.pair(new String(next.key.get(), StandardCharsets.UTF_8), next.value);
        }

        @Override
        public String peekNextKey() {
            return new String(bytes.peekNextKey().get(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            bytes.close();
        }
    }

    /** Builds the store around one of bytes, whose changelog it has. */
    private record Builder(
            StoreBuilder<KeyValueStore<Bytes, byte[]>> bytes, Function<KeyValueStore<Bytes, byte[]>, HotStore> above)
            implements StoreBuilder<KeyValueStore<String, byte[]>> {
        @Override
        public KeyValueStore<String, byte[]> build() {
            return above.apply(bytes.build());
        }

        @Override
        public StoreBuilder<KeyValueStore<String, byte[]>> withCachingEnabled() {
            throw new UnsupportedOperationException("this store is a cache itself");
        }

        @Override
        public StoreBuilder<KeyValueStore<String, byte[]>> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<KeyValueStore<String, byte[]>> withLoggingEnabled(Map<String, String> config) {
            return new Builder(bytes.withLoggingEnabled(config), above);
        }

        @Override
        public StoreBuilder<KeyValueStore<String, byte[]>> withLoggingDisabled() {
            return new Builder(bytes.withLoggingDisabled(), above);
        }

        @Override
        public Map<String, String> logConfig() {
            return bytes.logConfig();
        }

        @Override
        public boolean loggingEnabled() {
            return bytes.loggingEnabled();
        }

        @Override
        public String name() {
            return bytes.name();
        }
    }
}
