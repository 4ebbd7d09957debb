package io.weir.benchmarks.chaos;

import io.weir.edge.EdgeNode;
import io.weir.engine.Decision;
import io.weir.engine.decide.Block;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads every committed decision, compares it with what is right, and knows when each partition was silent and which blocks
 * an edge has had on its list.
 */
final class Witness implements AutoCloseable {
    private static final int SHOWN = 20;

    private final ConcurrentMap<String, String> expected;
    private final ConcurrentMap<String, String> decided = new ConcurrentHashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::read, "witness");
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<String> wrongs = new ArrayList<>();
    private final List<Silence> silences = new ArrayList<>();
    private final long[] heard;
    private final EdgeNode onlooker;
    private final Set<Block> listed = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private int duplicated;
    private int wrong;

    /**
     * A time without any decision from a partition, by {@link System#nanoTime}.
     *
     * @param from when the last one was heard before
     */
    record Silence(long from, long until) {
        long ms() {
            return (until - from) / 1_000_000;
        }
    }

    /**
     * @param expected the right answer to each event, by request id, there before the event is sent
     * @param onlooker an edge that follows the block list
     */
    Witness(String bootstrapServers, ConcurrentMap<String, String> expected, int partitions, EdgeNode onlooker) {
        this.expected = expected;
        this.onlooker = onlooker;
        this.heard = new long[partitions];
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TopicPartition(Topics.DECISIONS, partition));
        }
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    void start() {
        thread.start();
    }

    private void read() {
        try {
            while (!closed) {
                listed.addAll(onlooker.registry().blocks());
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    for (DecisionEvent event : Contracts.decisions(record.value())) {
                        hear(String.valueOf(event.getRequestId()), Conversions.decision(event));
                    }
                }
            }
        } catch (WakeupException | InterruptException end) {
            // Only close() does that.
        } catch (RuntimeException broken) {
            failure.set(broken);
        }
    }

    private synchronized void hear(String id, Decision decision) {
        String right = expected.get(id);
        boolean exact = id.startsWith("s-") || id.startsWith("q-");
        String said = Workload.text(decision, exact);
        if (decided.put(id, said) != null) {
            duplicated++;
            note(id + ": decided twice, now " + said);
        } else if (!said.equals(right)) {
            wrong++;
            note(id + ": expected " + right + ", found " + said);
        }
        if (id.startsWith("s-")) {
            int partition = Integer.parseInt(id, 2, id.indexOf('-', 2), 10);
            long now = System.nanoTime();
            if (heard[partition] != 0 && now - heard[partition] > 500_000_000) {
                silences.add(new Silence(heard[partition], now));
            }
            heard[partition] = now;
        }
    }

    private void note(String what) {
        if (wrongs.size() < SHOWN) {
            wrongs.add(what);
        }
    }

    /** Whether every partition has been heard of within that time. */
    synchronized boolean hears(Duration within) {
        long now = System.nanoTime();
        for (long last : heard) {
            if (now - last > within.toNanos()) {
                return false;
            }
        }
        return true;
    }

    /** The longest time that a partition was silent of those that overlap a time, in ms; 0 where none was for half a second. */
    synchronized long silence(long from, long until) {
        return silences.stream()
                .filter(silence -> silence.until() > from && silence.from() < until)
                .mapToLong(Silence::ms)
                .max()
                .orElse(0);
    }

    /** Events that have not been decided. */
    int missing() {
        Throwable broken = failure.get();
        if (broken != null) {
            throw new AssertionError("the witness has failed", broken);
        }
        return expected.size() - decided.size();
    }

    /** Every block that the edge has ever had on its list: how long one stands there is a matter of the log's clock. */
    Set<Block> listed() {
        return Set.copyOf(listed);
    }

    synchronized int duplicated() {
        return duplicated;
    }

    synchronized int wrong() {
        return wrong;
    }

    /** The first of what was not right. */
    synchronized List<String> wrongs() {
        return List.copyOf(wrongs);
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        ChaosCluster.join(thread);
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
