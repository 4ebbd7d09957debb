package io.weir.topology;

import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.UsageCodec;
import io.weir.topology.HotEntries.Hot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorContextUtils;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.WrappedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * The usage store, in three layers: <em>hot</em> entries stand decoded on the heap, <em>warm</em> ones in their stored form
 * ({@link WarmEntries}), all that do not fit there in RocksDB. A change is made to a hot entry ({@link HotEntries}). It is
 * written to the changelog, and to the warm entries, with the record if the entry was not hot before, for then it will
 * hardly be changed again soon; else in {@link #flushCache}, which Kafka Streams calls before it sends what a transaction
 * holds and commits it, or earlier, oldest first, when more than {@link HotState#dirty} entries have changed. So a subject
 * that is hit a thousand times between two commits is encoded and logged once or twice, and all that a commit acknowledges
 * is in the log. RocksDB gets an entry when it makes room, and all of them in {@link #commit}.
 *
 * <p>The one class that touches internals of Kafka Streams ({@link WrappedStateStore} and the context that logs);
 * {@link WrittenThrough} does without. What was measured and won, and how a crash at any moment is survived, is in the
 * decision record.
 *
 * <p>The task's thread owns the entries. Other threads may call {@link #get}: a lock, held by the task's thread for one
 * record at a time, lets them see each entry as the last whole record left it. {@link #all} and the ranges see what has
 * been logged, which is complete at each commit.
 *
 * @see <a href="../../../../../../../docs/adr/0006-hot-entries-above-rocksdb.md">the decision record</a>
 */
class HotStore extends WrappedStateStore<KeyValueStore<Bytes, byte[]>, String, byte[]>
        implements KeyValueStore<String, byte[]>, UsageTable {

    /** Entries written at once, while no other thread can look. */
    private static final int CHUNK = 256;

    /** Entries given to RocksDB at once. */
    private static final int SAVED_AT_ONCE = 1000;

    private final HotState size;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final UsageCodec codec = new UsageCodec();
    private final HotEntries hot = new HotEntries();
    /** What stands in RocksDB, of more entries than are decoded. */
    private final WarmEntries warm;

    private @Nullable Hot last;
    private @Nullable Writer writer;
    private @Nullable InternalProcessorContext<?, ?> changelog;

    HotStore(KeyValueStore<Bytes, byte[]> store, HotState size) {
        super(store);
        this.size = size;
        this.warm = new WarmEntries(size.entries(), this::save);
    }

    /**
     * The builder of such a store, {@code above} one of bytes.
     *
     * @param logConfig of the changelog, which this store writes, not the one below
     */
    static StoreBuilder<KeyValueStore<String, byte[]>> builder(
            StoreBuilder<KeyValueStore<Bytes, byte[]>> bytes,
            Map<String, String> logConfig,
            Function<KeyValueStore<Bytes, byte[]>, HotStore> above) {
        return new HotStoreBuilder(bytes.withLoggingDisabled(), logConfig, above);
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
        changelog = ProcessorContextUtils.asInternalProcessorContext(context);
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
            hot.clear();
            warm.clear();
            last = null;
        } finally {
            lock.unlock();
        }
    }

    private void save(byte[] key, byte[] value) {
        wrapped().put(Bytes.wrap(key), value);
    }

    /** RocksDB gets what it does not have yet. */
    private void saveAll() {
        lock.lock();
        try {
            List<KeyValue<Bytes, byte[]>> unsaved = new ArrayList<>();
            warm.saveAll((key, value) -> {
                unsaved.add(KeyValue.pair(Bytes.wrap(key), value));
                if (unsaved.size() == SAVED_AT_ONCE) {
                    wrapped().putAll(unsaved);
                    unsaved.clear();
                }
            });
            if (!unsaved.isEmpty()) {
                wrapped().putAll(unsaved);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * RocksDB is to hold what the changelog holds up to these offsets. Under exactly-once that is asked for when a task is
     * given up or closed: after a crash local state counts for nothing. At least once, it is at every commit.
     */
    @Override
    public void commit(Map<TopicPartition, Long> changelogOffsets) {
        saveAll();
        super.commit(changelogOffsets);
    }

    /** Inside the transaction, before it is committed: see {@code StreamTask.prepareCommit}. */
    @Override
    public void flushCache() {
        while (hot.waiting() > 0) {
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
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        long hash = WarmEntries.hash(bytes);
        Hot found = hot.find(hash, bytes);
        if (found == null) {
            found = read(hash, bytes);
        }
        last = found;
        return found.usage();
    }

    private Hot read(long hash, byte[] key) {
        int place = warm.find(hash, key);
        byte[] value;
        if (place >= 0) {
            value = warm.use(place);
        } else {
            value = wrapped().get(Bytes.wrap(key));
            place = value == null ? -1 : warm.put(hash, key, value, true);
        }
        Hot read = hot.add(hash, place < 0 ? key : warm.key(place));
        read.place(place);
        if (value != null) {
            codec.decode(value, read.usage());
        }
        return read;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // mostly it is the entry that was asked for last
    public void changed(String key, SubjectUsage usage) {
        Hot changed = last;
        if (changed == null || changed.usage() != usage) {
            byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
            changed = hot.find(WarmEntries.hash(bytes), bytes);
        }
        if (changed == null || changed.usage() != usage) {
            throw new IllegalStateException(
                    "expected a change of the entry that was given out for this record: " + key);
        }
        hot.changed(changed);
    }

    @Override
    public byte @Nullable [] raw(String key) {
        return wrapped().get(bytes(key));
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka's interface takes null for a deletion
    public void raw(String key, byte @Nullable [] value) {
        Bytes bytes = bytes(key);
        wrapped().put(bytes, value);
        log(bytes, value);
    }

    @SuppressWarnings("NullAway") // Kafka's interface takes null for a deletion
    private void log(Bytes key, byte @Nullable [] value) {
        InternalProcessorContext<?, ?> to = changelog;
        if (to == null) {
            throw new IllegalStateException("expected to be initialised before anything is changed");
        }
        long timestamp = to.recordContext().timestamp();
        to.logChange(
                name(), key, value, timestamp, new RecordHeaders(), wrapped().getPosition());
    }

    @Override
    public void remove(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        long hash = WarmEntries.hash(bytes);
        Hot found = hot.find(hash, bytes);
        if (found != null) {
            hot.remove(found);
        }
        warm.remove(hash, bytes);
        raw(key, null);
    }

    @Override
    public void done() {
        for (Hot fresh = hot.takeFresh(); fresh != null; fresh = hot.takeFresh()) {
            write(fresh);
        }
        while (hot.waiting() > size.dirty()) {
            write(CHUNK);
        }
        hot.evict();
        last = null;
    }

    @Override
    public void release() {
        lock.unlock();
    }

    /** Writes the entries that have been waiting the longest, at most so many. */
    private void write(int most) {
        for (int i = 0; i < most; i++) {
            Hot oldest = hot.takeWaiting();
            if (oldest == null) {
                return;
            }
            write(oldest);
        }
    }

    private void write(Hot changed) {
        Writer by = writer;
        if (by == null) {
            throw new IllegalStateException("expected a writer before anything is changed");
        }
        by.writing(changed.key(), changed.usage());
        byte[] value = codec.encode(changed.usage());
        log(Bytes.wrap(changed.key()), value);
        changed.place(warm.put(changed.place(), changed.hash(), changed.key(), value, false));
    }

    private static Bytes bytes(String key) {
        return Bytes.wrap(key.getBytes(StandardCharsets.UTF_8));
    }

    /** The entry's stored form as the last whole record left it, or null; any thread may ask. */
    @Override
    public byte @Nullable [] get(String key) {
        lock.lock();
        try {
            byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
            long hash = WarmEntries.hash(bytes);
            Hot found = hot.find(hash, bytes);
            if (found != null && found.dirty()) {
                return new UsageCodec().encode(found.usage());
            }
            byte[] value = warm.get(hash, bytes);
            if (value != null) {
                return value;
            }
        } finally {
            lock.unlock();
        }
        return wrapped().get(bytes(key));
    }

    /** The part of the interface that is not for this store, whose entries are changed through {@link UsageTable} only. */
    private UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("store " + name() + ": entries are changed through UsageTable only");
    }

    @Override
    public void put(String key, byte[] value) {
        throw readOnly();
    }

    @Override
    public byte[] delete(String key) {
        throw readOnly();
    }

    @Override
    public byte[] putIfAbsent(String key, byte[] value) {
        throw readOnly();
    }

    @Override
    public void putAll(List<KeyValue<String, byte[]>> changes) {
        throw readOnly();
    }

    @Override
    public KeyValueIterator<String, byte[]> range(String from, String to) {
        saveAll();
        return new Decoded(wrapped().range(bytes(from), bytes(to)));
    }

    @Override
    public KeyValueIterator<String, byte[]> all() {
        saveAll();
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
}
