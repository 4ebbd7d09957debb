package io.weir.topology;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A consumer that lets records gather: after a poll that brought some the next one begins a pace later at the earliest. Whoever
 * comes alone is read at once, a stream of them some at a time, and what follows from them is sent together, too. Without, at
 * 1,000 records a second each of them is a fetch, and each of its results a request of its own. A consumer that is busy for
 * longer than the pace never waits, and an idle one waits at the broker, as usual.
 */
final class PacedConsumer extends KafkaConsumer<byte[], byte[]> {
    private final long paceNanos;
    private long due = System.nanoTime();

    /** @param settings of Kafka's consumer */
    PacedConsumer(Map<String, Object> settings, Duration pace) {
        super(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.paceNanos = pace.toNanos();
    }

    /** With no time to wait it does not wait for the pace either. */
    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (!timeout.isZero()) {
            long left = due - System.nanoTime();
            if (left > 0) {
                LockSupport.parkNanos(this, left);
            }
        }
        ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
        if (!records.isEmpty()) {
            due = System.nanoTime() + paceNanos;
        }
        return records;
    }
}
