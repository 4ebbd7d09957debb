package io.weir.benchmarks.load;

import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads decisions as an edge does, in a thread of its own, and says how long after they were due they came. */
final class Reader implements AutoCloseable {
    private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(5);

    private final Histogram latency = new ConcurrentHistogram(MAX_MICROS, 3);
    private final AtomicLong read = new AtomicLong();
    private final Thread thread;
    private volatile long from = Long.MAX_VALUE;
    private volatile boolean stopped;

    private Reader(Cluster cluster, boolean committed) {
        thread = new Thread(() -> read(cluster, committed), "reader");
    }

    static Reader start(Cluster cluster, boolean committed) {
        Reader reader = new Reader(cluster, committed);
        reader.thread.start();
        return reader;
    }

    /** From now on those count that are due later than this. */
    void countFrom(long nanoTime) {
        from = nanoTime;
    }

    /** Waits until so many are read; returns how many of them are missing when patience ends. */
    long await(long events, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (read.get() < events && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return Math.max(0, events - read.get());
    }

    /** In microseconds. */
    Histogram latency() {
        return latency;
    }

    private void read(Cluster cluster, boolean committed) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrapServers(),
                        "isolation.level",
                        committed ? "read_committed" : "read_uncommitted"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.DECISIONS).stream()
                    .map(each -> new TopicPartition(Topics.DECISIONS, each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            while (!stopped) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    read(record.value());
                }
            }
        }
    }

    private void read(byte[] record) {
        long now = System.nanoTime();
        int counted = 0;
        for (DecisionEvent decision : Contracts.decisions(record)) {
            long due = Long.parseLong(String.valueOf(decision.getRequestId()));
            if (due >= from) {
                latency.recordValue(Math.min(MAX_MICROS, Math.max(0, (now - due) / 1000)));
                counted++;
            }
        }
        read.addAndGet(counted);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
