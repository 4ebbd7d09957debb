package io.weir.benchmarks.load;

import io.weir.benchmarks.Settings;
import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Roles;
import io.weir.topology.EnforcerConfig;
import io.weir.topology.QuotaTopology;
import io.weir.wire.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * What Kafka takes for the records of an enforcer: reads the requests topic, and writes as many records as an enforcer does, of
 * their sizes, with its settings and in such transactions, but decodes, keeps and decides nothing. What an enforcer takes
 * more is Weir's own.
 */
public final class Floor {
    private static final String STORE = "nothing";

    /** Of a record on a changelog, in bytes: of its key and of its value. */
    private static final int KEY = 36;

    private static final int VALUE = 40;

    /** Of a decision among others in a record, in bytes. */
    private static final int DECISION = 108;

    private Floor() {}

    /**
     * What is moved.
     *
     * @param events in each record of requests, and decisions in the one that answers it
     * @param keys how many different ones the changelog has
     * @param changes records on the changelog for each event
     */
    record Moved(int events, int keys, double changes) {
        private static Moved of(Settings settings) {
            return new Moved(settings.take("events", 1), settings.take("keys", 1), settings.take("changes", 0.0));
        }

        /** As settings of the process that moves it. */
        Map<String, String> settings() {
            return Map.of(
                    "events", Integer.toString(events),
                    "keys", Integer.toString(keys),
                    "changes", Double.toString(changes));
        }
    }

    /** In the child: as an enforcer is run. */
    public static void run(List<String> args) throws Exception {
        Settings settings = Roles.settings(args);
        Moved moved = Moved.of(settings);
        EnforcerConfig config = EnforcerConfig.of(args.get(0), Path.of(args.get(1)), settings.rest());
        CountDownLatch running = new CountDownLatch(1);
        try (KafkaStreams streams = new KafkaStreams(topology(moved), config.streams())) {
            streams.setStateListener((now, before) -> {
                if (now == KafkaStreams.State.RUNNING) {
                    running.countDown();
                }
            });
            streams.start();
            if (!running.await(Roles.STARTING.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("expected to run, found " + streams.state());
            }
            Child.serve("running");
        }
    }

    static Topology topology(Moved moved) {
        StoreBuilder<KeyValueStore<Bytes, byte[]>> store = Stores.keyValueStoreBuilder(
                        new NoStore.Supplier(STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(QuotaTopology.CHANGELOG);
        return new Topology()
                .addSource("requests", new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.REQUESTS)
                .addProcessor("move", () -> new Mover(moved), "requests")
                .addStateStore(store, "move")
                .addSink("decisions", Topics.DECISIONS, new ByteArraySerializer(), new ByteArraySerializer(), "move");
    }

    private static final class Mover implements Processor<byte[], byte[], byte[], byte[]> {
        private final Moved moved;
        private final byte[] decisions;
        private final byte[] change = new byte[VALUE];
        private final SplittableRandom random = new SplittableRandom();
        private ProcessorContext<byte[], byte[]> context;
        private KeyValueStore<Bytes, byte[]> store;
        private double due;

        private Mover(Moved moved) {
            this.moved = moved;
            this.decisions = new byte[DECISION * moved.events];
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            this.context = context;
            this.store = context.getStateStore(STORE);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            for (due += moved.changes * moved.events; due >= 1; due--) {
                byte[] key = ByteBuffer.allocate(KEY)
                        .putInt(random.nextInt(moved.keys))
                        .array();
                store.put(Bytes.wrap(key), change);
            }
            context.forward(record.withValue(decisions));
        }
    }
}
