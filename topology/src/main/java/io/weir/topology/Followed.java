package io.weir.topology;

import io.weir.engine.decide.Registry;
import io.weir.wire.Topics;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The compacted topics that a topology follows into its registry, each by a global store. */
public final class Followed {
    private Followed() {}

    /** Keeps the policies in step with their topic. */
    public static void policies(Topology topology, Registry registry) {
        follow(topology, Topics.POLICIES, "policies", () -> new PolicyFollower(registry));
    }

    /** Keeps the entities in step with their topic. */
    static void entities(Topology topology, Registry registry) {
        follow(topology, Topics.ENTITIES, "entities", () -> new EntityFollower(registry));
    }

    /** Keeps the block list in step with its topic. */
    static void blocklist(Topology topology, Registry registry) {
        follow(topology, Topics.BLOCKLIST, "blocklist", () -> new BlockFollower(registry));
    }

    /** In memory on purpose: a persistent global store that is restored from disk does not run its processor. */
    private static void follow(
            Topology topology, String topic, String name, ProcessorSupplier<String, byte[], Void, Void> follower) {
        StoreBuilder<KeyValueStore<String, byte[]>> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled();
        topology.addGlobalStore(
                store,
                name + "-source",
                Serdes.String().deserializer(),
                Serdes.ByteArray().deserializer(),
                topic,
                "follow-" + name,
                follower);
    }
}
