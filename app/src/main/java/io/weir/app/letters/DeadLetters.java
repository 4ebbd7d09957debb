package io.weir.app.letters;

import io.weir.app.UserException;
import io.weir.schemas.Contracts;
import io.weir.schemas.FramedDeserializer;
import io.weir.schemas.UndecodableException;
import io.weir.schemas.avro.DeadLetter;
import io.weir.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of a cluster.
 *
 * <p>That a letter was sent again is told by a letter about it on the same topic, which is written in the transaction that
 * sends it: a letter whose topic is the dead letters' own, with the partition and offset of the one that was sent.
 */
public final class DeadLetters {
    private static final Duration POLL = Duration.ofMillis(200);

    /** So many polls that bring nothing: longer than any transaction of an enforcer stays open. */
    private static final int PATIENCE = 600;

    private final Map<String, Object> client;
    private final List<TopicPartition> partitions;

    /**
     * @param client settings for Kafka clients
     * @param partitions how many the topic has
     */
    public DeadLetters(Map<String, Object> client, List<TopicPartition> partitions) {
        this.client = client;
        this.partitions = List.copyOf(partitions);
    }

    /** What says on the topic that a letter was sent again. */
    static DeadLetter mark(Letter letter) {
        return DeadLetter.newBuilder()
                .setTopic(Topics.DEAD_LETTERS)
                .setPartition(letter.id().partition())
                .setOffset(letter.id().offset())
                .setReason("sent again to " + letter.content().getTopic())
                .setRequestId(letter.content().getRequestId())
                .build();
    }

    /**
     * Reads the letters that are there now, oldest first within a partition, in memory that does not grow with their number
     * (but 20 bytes or so for each that was sent again).
     *
     * @param since reads only those kept then or later, or null for all
     * @param problems told of records that are no letters
     */
    public void read(@Nullable Instant since, Consumer<Letter> reader, Consumer<String> problems) {
        Map<TopicPartition, Long> ends = ends();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
            consumer.assign(partitions);
            // A mark comes after its letter, so what was sent again is known before the letters are told of.
            Set<LetterId> retried = new HashSet<>();
            each(
                    consumer,
                    since,
                    ends,
                    (record, letter) -> {
                        if (letter.getTopic().equals(Topics.DEAD_LETTERS)) {
                            retried.add(new LetterId(letter.getPartition(), letter.getOffset()));
                        }
                    },
                    problem -> {});
            each(
                    consumer,
                    since,
                    ends,
                    (record, letter) -> {
                        if (!letter.getTopic().equals(Topics.DEAD_LETTERS)) {
                            LetterId id = new LetterId(record.partition(), record.offset());
                            reader.accept(new Letter(
                                    id, Instant.ofEpochMilli(record.timestamp()), letter, retried.contains(id)));
                        }
                    },
                    problems);
        }
    }

    /**
     * Where the topic ends, open transactions included: a mark that was committed after one had begun stands behind it, and
     * must not be missed.
     */
    private Map<TopicPartition, Long> ends() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted")) {
            return consumer.endOffsets(partitions);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("isolation.level", isolation);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new FramedDeserializer(settings));
    }

    /** Takes a record of the topic with the letter in it. */
    private interface Sink {
        void accept(ConsumerRecord<byte[], byte[]> record, DeadLetter letter);
    }

    private void each(
            KafkaConsumer<byte[], byte[]> consumer,
            @Nullable Instant since,
            Map<TopicPartition, Long> ends,
            Sink sink,
            Consumer<String> problems) {
        seek(consumer, since, ends);
        int idle = 0;
        while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            idle = records.isEmpty() ? idle + 1 : 0;
            if (idle > PATIENCE) {
                throw UserException.failed(Topics.DEAD_LETTERS + ": expected to read up to " + ends
                        + ", found nothing more for " + PATIENCE * POLL.toMillis() / 1000
                        + " s: is the broker down, or a transaction left open?");
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < ends.getOrDefault(partition, 0L)) {
                    accept(record, sink, problems);
                }
            }
        }
    }

    private static void accept(ConsumerRecord<byte[], byte[]> record, Sink sink, Consumer<String> problems) {
        String problem = "expected a value, found none";
        if (record.value() != null) {
            try {
                sink.accept(record, Contracts.DEAD_LETTER.decode(record.value()));
                return;
            } catch (UndecodableException undecodable) {
                problem = String.valueOf(undecodable.getMessage());
            }
        }
        problems.accept(Topics.DEAD_LETTERS + " " + record.partition() + "/" + record.offset() + ": " + problem);
    }

    private void seek(KafkaConsumer<byte[], byte[]> consumer, @Nullable Instant since, Map<TopicPartition, Long> ends) {
        if (since == null) {
            consumer.seekToBeginning(partitions);
            return;
        }
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(each -> times.put(each, since.toEpochMilli()));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        for (TopicPartition each : partitions) {
            OffsetAndTimestamp first = found.get(each);
            consumer.seek(each, first == null ? ends.getOrDefault(each, 0L) : first.offset());
        }
    }
}
