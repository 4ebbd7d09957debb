package io.weir.benchmarks.chaos;

import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Feeds a workload at a steady pace and keeps at it, whatever becomes of the brokers. */
final class Edge implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final Workload workload;
    private final ConcurrentMap<String, String> expected;
    private final long paceNanos;
    private final Thread thread = new Thread(this::feed, "edge");
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean enough;

    /** @param expected told the right answer to each event before it is sent */
    Edge(String bootstrapServers, Workload workload, ConcurrentMap<String, String> expected, int perSecond) {
        this.workload = workload;
        this.expected = expected;
        this.paceNanos = 1_000_000_000L / perSecond;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        // The fewer requests, the more of a slow machine is left for three brokers.
                        "linger.ms",
                        20,
                        "max.block.ms",
                        600_000,
                        "delivery.timeout.ms",
                        600_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    void start() {
        thread.start();
    }

    private void feed() {
        long next = System.nanoTime();
        while (!enough && failure.get() == null) {
            send(workload.next());
            next += paceNanos;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void send(Workload.Event event) {
        expected.put(String.valueOf(event.request().requestId()), event.answer());
        var unused = producer.send(
                new ProducerRecord<>(
                        Topics.REQUESTS,
                        event.subject().getBytes(StandardCharsets.UTF_8),
                        Contracts.REQUEST.encode(
                                Conversions.event(event.request().withDetails()))),
                (metadata, refused) -> failure.compareAndSet(null, refused));
    }

    /** Feeds no more and waits until the brokers have what was sent. */
    void stop() throws InterruptedException {
        enough = true;
        thread.join();
        flush();
    }

    /** Sends these and waits until the brokers have them. */
    void send(List<Workload.Event> events) {
        events.forEach(this::send);
        flush();
    }

    private void flush() {
        producer.flush();
        Throwable refused = failure.get();
        if (refused != null) {
            throw new AssertionError("expected the brokers to take every event", refused);
        }
    }

    Workload workload() {
        return workload;
    }

    @Override
    public void close() {
        producer.close();
    }
}
