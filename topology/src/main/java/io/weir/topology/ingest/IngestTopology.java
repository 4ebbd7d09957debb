package io.weir.topology.ingest;

import io.weir.engine.decide.Registry;
import io.weir.schemas.Framing;
import io.weir.topology.FollowedTopics;
import io.weir.wire.Followed;
import io.weir.wire.Topics;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/**
 * The stream of one gateway's log.
 *
 * <pre>
 *  the log's topic ──► convert ──┬──► weir.requests      reports, in batches for each partition
 *                                └──► weir.dead-letters  what should be a request and is none, and why
 *
 *  weir.policies ──► global store in memory ──► registry ──► convert: the partition where a request is at home
 * </pre>
 *
 * It keeps nothing: what a record holds is a function of the record. Policies only say where a request goes; without them,
 * or with older ones, the enforcer sends it on.
 */
public final class IngestTopology {
    private IngestTopology() {}

    /**
     * Builds the topology.
     *
     * @param topic where the log is
     * @param from where reading begins the first time
     * @param partitions partition count of the requests' topic
     * @param registry filled with the policies; one per instance of the topology
     * @param framing how records are framed
     */
    public static Topology build(
            String topic,
            AutoOffsetReset from,
            LogConverter converter,
            int partitions,
            Registry registry,
            Framing framing,
            IngestCounts counts) {
        Topology topology = new Topology();
        topology.addSource(
                from, "log", new KafkaTime(), new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic);
        topology.addProcessor("convert", () -> new ConvertProcessor(converter, partitions, registry, counts), "log");
        sink(topology, ConvertProcessor.REQUESTS, Topics.REQUESTS, framing);
        sink(topology, ConvertProcessor.DEAD_LETTERS, Topics.DEAD_LETTERS, framing);
        FollowedTopics.follow(topology, Followed.POLICIES, registry, framing);
        return topology;
    }

    private static void sink(Topology topology, String name, String topic, Framing framing) {
        topology.addSink(name, topic, new ByteArraySerializer(), framing.serializer(), "convert");
    }
}
