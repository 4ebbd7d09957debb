package io.weir.topology;

import io.weir.engine.decide.Registry;
import io.weir.schemas.Framing;
import io.weir.wire.Followed;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the registry in step with a compacted topic, during restore and after. A record that makes no sense is logged and
 * changes nothing: an exception here would stop the instance's global thread.
 */
final class Follower implements Processor<String, byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private final Followed followed;
    private final Registry registry;
    private final String storeName;
    private final Framing framing;
    private final Onlooker onlooker;
    private KeyValueStore<String, byte[]> store;

    /** Who wants to know of each record that the registry has taken. */
    interface Onlooker {
        /**
         * @param value null where the key's value is gone
         * @param appended when the log took the record, in epoch ms
         */
        void followed(String key, byte @Nullable [] value, long appended);
    }

    Follower(Followed followed, Registry registry, String storeName, Framing framing, Onlooker onlooker) {
        this.followed = followed;
        this.registry = registry;
        this.storeName = storeName;
        this.framing = framing;
        this.onlooker = onlooker;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        store = context.getStateStore(storeName);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        if (record.key() == null) {
            LOG.warn("A record of {} has no key: it is ignored", storeName);
            return;
        }
        byte[] before = store.get(record.key());
        try {
            byte[] value = record.value() == null ? null : framing.read(record.value());
            if (value != null) {
                followed.set(registry, value);
            } else if (before != null) {
                followed.remove(registry, before);
            }
            onlooker.followed(record.key(), value, record.timestamp());
            store.put(record.key(), value);
        } catch (RuntimeException bad) {
            LOG.error("{} {} is ignored, what was in force stays: {}", storeName, record.key(), bad.getMessage());
        }
    }
}
