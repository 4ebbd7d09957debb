package io.weir.topology;

import io.weir.engine.decide.Registry;
import io.weir.schemas.Framing;
import io.weir.wire.Followed;
import java.util.Locale;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The compacted topics that a topology follows into its registry, each by a global store. */
public final class FollowedTopics {
    private FollowedTopics() {}

    /** Keeps the registry in step with a topic. */
    public static void follow(Topology topology, Followed followed, Registry registry, Framing framing) {
        follow(topology, followed, registry, framing, (key, value, appended) -> {});
    }

    /**
     * Keeps the registry, and {@code onlooker}, in step with a topic. In memory on purpose: a persistent global store that
     * is restored from disk does not run its processor.
     */
    static void follow(
            Topology topology, Followed followed, Registry registry, Framing framing, Follower.Onlooker onlooker) {
        String name = followed.name().toLowerCase(Locale.ROOT);
        StoreBuilder<KeyValueStore<String, byte[]>> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled();
        topology.addGlobalStore(
                store,
                name + "-source",
                Serdes.String().deserializer(),
                Serdes.ByteArray().deserializer(),
                followed.topic(),
                "follow-" + name,
                () -> new Follower(followed, registry, name, framing, onlooker));
    }
}
