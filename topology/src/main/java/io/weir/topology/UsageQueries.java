package io.weir.topology;

import io.weir.engine.decide.Subject;
import io.weir.engine.limit.SubjectUsage;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.UsageRecord;
import io.weir.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/**
 * Questions about the usage that the enforcers of a group keep, each a part of it: where it is, and what it is where it is
 * here. May be used by many threads.
 *
 * <p>A subject's partition follows from its value, as that of the requests does; the stores' own keys (domain and all key
 * attributes) say nothing of where they are. Answers are as of some moment of the current transaction: what it counted may
 * be counted again if it aborts.
 */
public final class UsageQueries {
    private final KafkaStreams streams;
    private final StoredUsage stored;
    private final int partitions;
    private final @Nullable HostInfo own;

    /** @param server the address that this instance advertises, or null */
    UsageQueries(KafkaStreams streams, StoredUsage stored, int partitions, @Nullable String server) {
        this.streams = streams;
        this.stored = stored;
        this.partitions = partitions;
        this.own = server == null ? null : HostInfo.buildFromEndpoint(server);
    }

    /** The partition whose task keeps the subject's usage. */
    public int partition(Subject subject) {
        return Topics.partition(subject.value(), partitions);
    }

    /** @throws UnsettledException when no enforcer is known to keep it at the moment */
    public Home home(int partition) {
        if (settled(() -> stored.keeps(partition))) {
            return new Home.Here();
        }
        TopicPartition requests = new TopicPartition(Topics.REQUESTS, partition);
        for (StreamsMetadata instance : settled(() -> streams.streamsMetadataForStore(QuotaTopology.USAGE_STORE))) {
            if (instance.topicPartitions().contains(requests)) {
                return there(partition, instance.hostInfo());
            }
        }
        throw new UnsettledException("partition " + partition
                + " is at no enforcer that is known here: partitions may be moving, or another enforcer of the group"
                + " advertises no address (application.server)");
    }

    private Home there(int partition, HostInfo host) {
        if (host.equals(own)) {
            throw new UnsettledException("partition " + partition + " is not here but at an enforcer with this one's"
                    + " address, " + host.host() + ":" + host.port()
                    + ": partitions are moving, or two enforcers advertise the same address (application.server)");
        }
        return new Home.There(host.host(), host.port());
    }

    /**
     * The stored entry of a partition that is here, an empty one where there is none.
     *
     * @throws UnsettledException when it cannot be read at the moment
     */
    public SubjectUsage read(int partition, String entryKey) {
        return settled(() -> stored.read(partition, entryKey));
    }

    /**
     * Usage in windows that began in {@code [from, to]}, in epoch ms, oldest first, of a partition that is here; kept for
     * {@link QuotaTopology#HISTORY}.
     *
     * @param key {@code attribute=value} of each key attribute
     * @throws UnsettledException when it cannot be read at the moment
     */
    public List<UsageRecord> history(
            int partition, String domain, String rule, String window, List<String> key, long from, long to) {
        String filed = HistoryProcessor.key(domain, rule, window, key);
        return settled(() -> {
            List<UsageRecord> records = new ArrayList<>();
            try (WindowStoreIterator<byte[]> windows =
                    historyStore(partition).fetch(filed, Instant.ofEpochMilli(from), Instant.ofEpochMilli(to))) {
                while (windows.hasNext()) {
                    records.add(Contracts.USAGE.decode(windows.next().value));
                }
            }
            return records;
        });
    }

    private ReadOnlyWindowStore<String, byte[]> historyStore(int partition) {
        return streams.store(StoreQueryParameters.fromNameAndType(
                        QuotaTopology.HISTORY_STORE, QueryableStoreTypes.<String, byte[]>windowStore())
                .withPartition(partition));
    }

    private <T> T settled(Supplier<T> question) {
        try {
            return question.get();
        } catch (InvalidStateStoreException moving) {
            throw unsettled(moving);
        } catch (IllegalStateException stopped) {
            if (streams.state().isRunningOrRebalancing()) {
                throw stopped;
            }
            throw unsettled(stopped);
        }
    }

    private UnsettledException unsettled(RuntimeException cause) {
        return new UnsettledException(
                "usage cannot be read while the enforcer is in state " + streams.state() + ": " + cause.getMessage(),
                cause);
    }
}
