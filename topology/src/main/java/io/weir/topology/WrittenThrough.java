package io.weir.topology;

import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.UsageCodec;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Usage as the public interfaces of Kafka Streams allow it: entries are kept decoded while one record is processed, so
 * that a batch costs one read and one write per distinct subject, and written before the record is done.
 *
 * @see HotStore for the faster way, which stands on an internal class
 */
final class WrittenThrough implements UsageTable {
    private final KeyValueStore<String, byte[]> store;
    private final UsageCodec codec = new UsageCodec();
    private final Map<String, SubjectUsage> loaded = new HashMap<>();
    private final Map<String, SubjectUsage> changed = new LinkedHashMap<>();
    private @Nullable Writer writer;

    WrittenThrough(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    @Override
    public void writer(Writer entries) {
        writer = entries;
    }

    @Override
    public void begin() {
        // Nothing is kept from one record to the next.
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

    @Override
    public byte @Nullable [] raw(String key) {
        return store.get(key);
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka's interface takes null for a deletion
    public void raw(String key, byte @Nullable [] value) {
        store.put(key, value);
    }

    @Override
    public void remove(String key) {
        changed.remove(key);
        loaded.remove(key);
        raw(key, null);
    }

    @Override
    public void done() {
        Writer entries = writer;
        if (entries == null) {
            throw new IllegalStateException("expected a writer before the first record is done");
        }
        changed.forEach((key, usage) -> {
            entries.writing(key.getBytes(StandardCharsets.UTF_8), usage);
            store.put(key, codec.encode(usage));
        });
        changed.clear();
        loaded.clear();
        entries.written();
    }

    @Override
    public void release() {
        // Nothing is held.
    }
}
