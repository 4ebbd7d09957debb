package io.weir.topology;

import io.weir.engine.decide.UsageReport;
import io.weir.schemas.Framing;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * An encoded record on its way out.
 *
 * @param bytes null for a tombstone
 * @param replyPartition the partition whose reader waits for it, or null
 * @param usage what the bytes report, if that is what they do
 */
record Outgoing(
        byte @Nullable [] bytes,
        @Nullable Integer replyPartition,
        @Nullable UsageReport usage) {

    Outgoing(byte @Nullable [] bytes, @Nullable Integer replyPartition) {
        this(bytes, replyPartition, null);
    }

    /** Writes the bytes in the framing that is configured. */
    static final class Bytes implements Serializer<Outgoing> {
        private final Framing framing;

        Bytes(Framing framing) {
            this.framing = framing;
        }

        @Override
        @SuppressWarnings("NullAway") // a null value is a tombstone
        public byte[] serialize(String topic, Outgoing outgoing) {
            byte[] bytes = outgoing == null ? null : outgoing.bytes();
            return bytes == null ? null : framing.write(topic, bytes);
        }
    }

    /** Sends an awaited decision where it is awaited; a partition that does not exist is nobody's. */
    static final class ReplyPartitioner implements StreamPartitioner<byte[], Outgoing> {
        @Override
        public Optional<Set<Integer>> partitions(String topic, byte[] key, Outgoing outgoing, int numPartitions) {
            Integer reply = outgoing.replyPartition();
            return reply != null && reply >= 0 && reply < numPartitions ? Optional.of(Set.of(reply)) : Optional.empty();
        }
    }
}
