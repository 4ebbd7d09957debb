package io.weir.topology;

import io.weir.engine.Decision;
import io.weir.engine.decide.Registry;
import io.weir.schemas.Framing;
import io.weir.wire.Followed;
import io.weir.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The topology.
 *
 * <pre>
 *  weir.requests ──┐                          ┌──► weir.decisions
 *                  ├──► enforce ──────────────┼──► weir.blocklist
 *  weir.visits ────┘    │ usage (RocksDB)     ├──► weir.dead-letters
 *       ▲               │ due   (RocksDB)     └──► history ──► weir.usage
 *       └───────────────┘                           │ usage-history (RocksDB, windowed)
 *
 *  weir.policies, weir.entities, weir.blocklist ──► global stores in memory ──► registry ──► enforce
 * </pre>
 *
 * One stateful sub-topology reads requests and visits, so that a request and what other requests send to its subject are
 * decided by one task, atomically with the state. Values are bytes on the way in: a record that cannot be decoded goes to
 * dead letters instead of stopping the task.
 *
 * <p>The state that decides stands in a plain key-value store, one composite entry for all windows of a quota key, and
 * expires by an index of due times: windowed stores expire by the largest timestamp they ever saw, and one wild event
 * would wipe a partition. Changelogs carry the time of append and are compacted, but for that of
 * the history. All names are state: renaming one is a migration.
 */
public final class QuotaTopology {
    /** The store that decides. */
    public static final String USAGE_STORE = "usage";

    static final String DUE_STORE = "due";
    static final String HISTORY_STORE = "usage-history";

    /** The stores without which decisions would be others. */
    static final List<String> STATE = List.of(USAGE_STORE, DUE_STORE);

    /** How long {@link #HISTORY_STORE} keeps a window. */
    static final Duration HISTORY = Duration.ofDays(2);

    /** Size in which windows are filed there; each entry carries its own window's bounds. */
    static final Duration HISTORY_WINDOW = Duration.ofMinutes(1);

    /** Settings of changelogs. The last segment is never compacted, and by the broker's default it grows to a gigabyte. */
    public static final Map<String, String> CHANGELOG = Map.of(
            "message.timestamp.type",
            "LogAppendTime",
            TopicLayouts.MAX_RECORD_CONFIG,
            Integer.toString(TopicLayouts.MAX_RECORD),
            "segment.bytes",
            Integer.toString(64 << 20));

    /** Of the one whose keys hardly come again: old windows are deleted, and to compact the rest would gain nothing. */
    private static final Map<String, String> HISTORY_CHANGELOG = Stream.concat(
                    CHANGELOG.entrySet().stream(), Stream.of(Map.entry("cleanup.policy", "delete")))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private QuotaTopology() {}

    /**
     * Builds the topology.
     *
     * @param registry filled by the global stores, read by every task; one per instance of the topology
     * @param partitions partition count of requests and visits; a record elsewhere than its key hashes to is sent on
     * @param bounds which timestamps are refused
     */
    public static Topology build(Registry registry, int partitions, TimeBounds bounds) {
        return build(registry, partitions, bounds, Framing.SINGLE_OBJECT, HotState.SMALL, decision -> {});
    }

    /**
     * Builds the topology.
     *
     * @param framing how records of other programs begin, and how those for other programs are to
     * @param hot how much of the usage stands on the heap, per task
     * @param onlooker hears of every decision as it is made, from the stream threads, perhaps again after an abort
     */
    public static Topology build(
            Registry registry,
            int partitions,
            TimeBounds bounds,
            Framing framing,
            HotState hot,
            Consumer<Decision> onlooker) {
        return build(registry, partitions, bounds, framing, usageStore(hot), onlooker);
    }

    /** With another usage store, for tests that show what a wrong one would do. */
    static Topology build(
            Registry registry,
            int partitions,
            TimeBounds bounds,
            Framing framing,
            StoreBuilder<KeyValueStore<String, byte[]>> usageStore,
            Consumer<Decision> onlooker) {
        Topology topology = new Topology();
        ManualEnds ends = new ManualEnds();
        sources(topology);
        topology.addProcessor(
                "enforce",
                () -> new EnforceProcessor(registry, partitions, bounds, framing, ends, onlooker),
                "requests",
                "visits");
        topology.addProcessor("history", HistoryProcessor::new, "enforce");
        topology.addStateStore(usageStore, "enforce");
        topology.addStateStore(dueStore(), "enforce");
        topology.addStateStore(historyStore(), "history");
        sinks(topology, new Outgoing.Bytes(framing));
        FollowedTopics.follow(topology, Followed.POLICIES, registry, framing);
        FollowedTopics.follow(topology, Followed.ENTITIES, registry, framing);
        FollowedTopics.follow(topology, Followed.BLOCKLIST, registry, framing, ends::follow);
        return topology;
    }

    private static void sources(Topology topology) {
        topology.addSource("requests", new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.REQUESTS);
        topology.addSource("visits", new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.VISITS);
    }

    private static void sinks(Topology topology, Outgoing.Bytes bytes) {
        sink(topology, EnforceProcessor.VISITS, Topics.VISITS, bytes, "enforce");
        topology.addSink(
                EnforceProcessor.DECISIONS,
                Topics.DECISIONS,
                new ByteArraySerializer(),
                bytes,
                new Outgoing.ReplyPartitioner(),
                "enforce");
        sink(topology, EnforceProcessor.BLOCKLIST, Topics.BLOCKLIST, bytes, "enforce");
        sink(topology, EnforceProcessor.DEAD_LETTERS, Topics.DEAD_LETTERS, bytes, "enforce");
        sink(topology, "usage-out", Topics.USAGE, bytes, "history");
    }

    private static void sink(Topology topology, String name, String topic, Outgoing.Bytes bytes, String parent) {
        topology.addSink(name, topic, new ByteArraySerializer(), bytes, parent);
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> usageStore(HotState hot) {
        if (hot.entries() == 0) {
            return Stores.keyValueStoreBuilder(
                            Stores.persistentKeyValueStore(USAGE_STORE), Serdes.String(), Serdes.ByteArray())
                    .withLoggingEnabled(CHANGELOG);
        }
        return HotStore.builder(bytesStore(), CHANGELOG, bytes -> new HotStore(bytes, hot));
    }

    /** What stands below the hot entries. */
    static StoreBuilder<KeyValueStore<Bytes, byte[]>> bytesStore() {
        return Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(USAGE_STORE), Serdes.Bytes(), Serdes.ByteArray());
    }

    private static StoreBuilder<KeyValueStore<byte[], byte[]>> dueStore() {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(DUE_STORE), Serdes.ByteArray(), Serdes.ByteArray())
                .withLoggingEnabled(CHANGELOG);
    }

    private static StoreBuilder<WindowStore<String, byte[]>> historyStore() {
        return Stores.windowStoreBuilder(
                        Stores.persistentWindowStore(HISTORY_STORE, HISTORY, HISTORY_WINDOW, false),
                        Serdes.String(),
                        Serdes.ByteArray())
                .withLoggingEnabled(HISTORY_CHANGELOG);
    }
}
