package io.weir.topology;

import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.UsageCodec;
import io.weir.wire.Topics;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * The usage store, read key by key through the store itself. Not by a {@code KeyQuery}: on a persistent store without a
 * cache that locks store and position in the other order than the stream thread's put does, and both stand still.
 */
record UsageStore(KafkaStreams streams) implements StoredUsage {
    /** By the tasks of the threads: the store itself says nothing of that before it is read. */
    @Override
    public boolean keeps(int partition) {
        TopicPartition requests = new TopicPartition(Topics.REQUESTS, partition);
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .anyMatch(task -> task.topicPartitions().contains(requests));
    }

    @Override
    public SubjectUsage read(int partition, String entryKey) {
        byte[] bytes = store(partition).get(entryKey);
        return bytes == null ? new SubjectUsage() : new UsageCodec().decode(bytes);
    }

    private ReadOnlyKeyValueStore<String, byte[]> store(int partition) {
        return streams.store(StoreQueryParameters.fromNameAndType(
                        QuotaTopology.USAGE_STORE, QueryableStoreTypes.<String, byte[]>keyValueStore())
                .withPartition(partition));
    }
}
