package io.weir.edge;

import io.weir.edge.local.LocalCheck;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.Registry;
import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;
import io.weir.wire.Followed;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a registry, and the local check's block list, in step with the compacted topics. A record that makes no sense is
 * logged and changes nothing. It keeps each key's last value, because only that says what a tombstone takes away. For one
 * thread.
 */
final class RegistryFollower {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryFollower.class);

    private final Registry registry;
    private final LocalCheck check;
    private final Map<Followed, Map<String, byte[]>> values = new EnumMap<>(Followed.class);

    RegistryFollower(Registry registry, LocalCheck check) {
        this.registry = registry;
        this.check = check;
        for (Followed followed : Followed.values()) {
            values.put(followed, new HashMap<>());
        }
    }

    void accept(ConsumerRecord<byte[], byte[]> record) {
        values.forEach((followed, known) -> {
            if (followed.topic().equals(record.topic())) {
                accept(followed, known, record);
            }
        });
    }

    private void accept(Followed followed, Map<String, byte[]> known, ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            LOG.warn("{} offset {}: a record without a key is ignored", record.topic(), record.offset());
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        try {
            if (record.value() != null) {
                followed.set(registry, record.value());
                listed(followed, record.value(), true);
                known.put(key, record.value());
            } else {
                byte[] before = known.remove(key);
                if (before != null) {
                    followed.remove(registry, before);
                    listed(followed, before, false);
                }
            }
        } catch (RuntimeException bad) {
            LOG.error("{} {} is ignored, what was in force stays: {}", record.topic(), key, bad.getMessage());
        }
    }

    /** The local check has a block list of its own, of the blocks that policies give. */
    private void listed(Followed followed, byte[] value, boolean put) {
        if (followed != Followed.BLOCKLIST) {
            return;
        }
        Block block = Conversions.block(Contracts.BLOCK.decode(value));
        if (block.manual()) {
            return;
        }
        if (put) {
            check.lists().put(block);
        } else {
            check.lists().remove(block);
        }
    }
}
