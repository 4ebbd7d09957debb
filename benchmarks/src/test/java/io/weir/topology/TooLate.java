package io.weir.topology;

import io.weir.benchmarks.process.Child;
import io.weir.engine.decide.Registry;
import io.weir.schemas.Framing;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * An enforcer that does what looks right and is not: it writes hot entries back when the store is told to commit, which
 * is after the transaction that they belong to. The negative control of the test that kills enforcers.
 */
public final class TooLate {
    private static final HotState SIZE = new HotState(100_000, 50_000);

    private TooLate() {}

    /** Draining moved to where it is too late. */
    private static final class Store extends HotStore {
        Store(KeyValueStore<Bytes, byte[]> bytes) {
            super(bytes, SIZE);
        }

        @Override
        public void flushCache() {
            // Nothing is written inside the transaction.
        }

        @Override
        public void commit(Map<TopicPartition, Long> changelogOffsets) {
            super.flushCache();
            super.commit(changelogOffsets);
        }
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> settings = new HashMap<>();
        for (String setting : List.of(args).subList(2, args.length)) {
            settings.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        EnforcerConfig config = EnforcerConfig.of(args[0], Path.of(args[1]), settings);
        var topology = QuotaTopology.build(
                new Registry(),
                config.partitions(),
                config.bounds(),
                Framing.SINGLE_OBJECT,
                HotStore.builder(QuotaTopology.bytesStore(), QuotaTopology.CHANGELOG, Store::new),
                decision -> {});
        try (KafkaStreams streams = new KafkaStreams(topology, config.streams())) {
            streams.start();
            Child.serve("started");
        }
    }
}
