package io.weir.edge;

import io.weir.schemas.FramedDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A thread that reads topics, either from the beginning or from where they end, and knows how old what it has read is:
 * every second it asks where the partitions end, and whoever had read that far is as new as the question.
 */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long ASK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Map<String, Object> settings;
    private final List<String> topics;
    private final boolean fromBeginning;
    private final ToIntFunction<Integer> partition;
    private final Consumer<ConsumerRecord<byte[], byte[]>> handler;
    private final Worker worker;
    private final CountDownLatch current = new CountDownLatch(1);
    private final KafkaConsumer<byte[], byte[]> consumer;
    private Map<TopicPartition, Long> ends = Map.of();
    private long asked;

    /** When each partition was last known to be read to its end, in {@link System#nanoTime}. */
    private volatile Map<TopicPartition, Long> currentAt = Map.of();

    private volatile String waitingFor;

    /**
     * @param fromBeginning whether to read all there is first; else only what comes from now on
     * @param partition which partition to read of how many there are; -1 for all of them
     */
    TopicReader(
            String name,
            Map<String, Object> settings,
            List<String> topics,
            boolean fromBeginning,
            ToIntFunction<Integer> partition,
            Consumer<ConsumerRecord<byte[], byte[]>> handler) {
        this.settings = settings;
        this.topics = topics;
        this.fromBeginning = fromBeginning;
        this.partition = partition;
        this.handler = handler;
        this.waitingFor = unanswered();
        // Made here so that wrong settings are told to whoever builds the edge.
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new FramedDeserializer(settings));
        this.worker = new Worker(name, this::step);
    }

    void start() {
        worker.start();
    }

    private void step() {
        if (consumer.assignment().isEmpty() && !assign()) {
            return;
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            handler.accept(record);
        }
        look();
    }

    private boolean assign() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> found = found(topic);
            if (found.isEmpty()) {
                return false;
            }
            int wanted = partition.applyAsInt(found.size());
            if (wanted >= found.size()) {
                throw new KafkaException("topic " + topic + ": expected a partition " + wanted + ", found "
                        + found.size() + " partitions");
            }
            for (PartitionInfo each : found) {
                if (wanted < 0 || each.partition() == wanted) {
                    partitions.add(new TopicPartition(topic, each.partition()));
                }
            }
        }
        Map<TopicPartition, Long> known = consumer.endOffsets(partitions, PATIENCE);
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            known.forEach(consumer::seek);
        }
        ends = known;
        asked = System.nanoTime();
        waitingFor = "has not read to the end yet of " + String.join(", ", topics);
        return true;
    }

    private List<PartitionInfo> found(String topic) {
        try {
            List<PartitionInfo> found = consumer.partitionsFor(topic, PATIENCE);
            if (found != null && !found.isEmpty()) {
                return found;
            }
            waitingFor = "waits for topic " + topic + ", which an enforcer creates";
        } catch (TimeoutException unanswered) {
            waitingFor = unanswered();
        }
        pause();
        return List.of();
    }

    private String unanswered() {
        return "has no answer from a broker at " + settings.get("bootstrap.servers");
    }

    private static void pause() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException stop) {
            throw new InterruptException(stop);
        }
    }

    /** Finds out how new what has been read is. */
    private void look() {
        long now = System.nanoTime();
        if (current.getCount() == 0 && now - asked < ASK_NANOS) {
            return;
        }
        if (now - asked >= ASK_NANOS) {
            try {
                ends = consumer.endOffsets(consumer.assignment(), PATIENCE);
                asked = now;
            } catch (TimeoutException unanswered) {
                // The view gets older, which is what there is to say.
                return;
            }
        }
        Map<TopicPartition, Long> seen = new HashMap<>(currentAt);
        ends.forEach((each, end) -> {
            if (consumer.position(each, PATIENCE) >= end) {
                seen.merge(each, asked, Math::max);
            }
        });
        currentAt = Map.copyOf(seen);
        if (seen.size() == ends.size()) {
            current.countDown();
        }
    }

    /** Becomes zero when everything has been read once. */
    CountDownLatch current() {
        return current;
    }

    boolean isCurrent() {
        return current.getCount() == 0;
    }

    /** How old the view of each partition is, in ns before {@code nanoTime}. */
    Map<TopicPartition, Long> ages(long nanoTime) {
        Map<TopicPartition, Long> ages = new HashMap<>();
        currentAt.forEach((each, at) -> ages.put(each, Math.max(0, nanoTime - at)));
        return ages;
    }

    /** Age of the oldest partition's view in ns; the largest number while there is none. */
    long age(long nanoTime) {
        long oldest = isCurrent() ? 0 : Long.MAX_VALUE;
        for (long at : currentAt.values()) {
            oldest = Math.max(oldest, nanoTime - at);
        }
        return oldest;
    }

    Worker worker() {
        return worker;
    }

    /** Why it has nothing to show yet. */
    String waitingFor() {
        String trouble = worker.trouble();
        return trouble == null ? waitingFor : trouble;
    }

    @Override
    public void close() {
        worker.close();
        if (!worker.alive()) {
            consumer.close(CloseOptions.timeout(CLOSING));
        }
    }
}
