package io.weir.edge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records until the brokers have taken them. The producer itself tries for 24 days, in order and without duplicates;
 * what it gives up all the same (no metadata, not authorized) is kept and sent again. For the feeding thread but where said.
 */
final class Sender {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    private static final long PAUSE_NANOS = 200_000_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Awaited awaited;
    private final FeedCounts counts;
    private final Skew skew;
    private final AtomicLong unacknowledged = new AtomicLong();
    private final Queue<Sent> failed = new ConcurrentLinkedQueue<>();
    private volatile long failedAt;
    private volatile @Nullable String trouble;

    /** A record on its way, with the events in it. */
    private record Sent(ProducerRecord<byte[], byte[]> record, List<Event> events, long at) {}

    Sender(EdgeConfig config, Awaited awaited, FeedCounts counts, Skew skew) {
        this.awaited = awaited;
        this.counts = counts;
        this.skew = skew;
        this.producer = new KafkaProducer<>(config.producer(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    int partitions(String topic) {
        return producer.partitionsFor(topic).size();
    }

    void send(ProducerRecord<byte[], byte[]> record, List<Event> events) {
        unacknowledged.addAndGet(record.value().length);
        send(new Sent(record, events, System.currentTimeMillis()));
    }

    private void send(Sent sent) {
        try {
            var unused = producer.send(sent.record(), (metadata, failure) -> answered(sent, metadata, failure));
        } catch (RuntimeException refused) {
            answered(sent, null, refused);
        }
    }

    private void answered(Sent sent, @Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (failure == null) {
            trouble = null;
            unacknowledged.addAndGet(-sent.record().value().length);
            if (metadata != null && metadata.hasTimestamp()) {
                skew.observe(sent.at(), metadata.timestamp(), System.currentTimeMillis());
            }
            return;
        }
        sent.events().forEach(event -> {
            if (event.waiting() != null) {
                awaited.giveUp(event.waiting(), Unanswered.Cause.BROKER);
            }
        });
        if (failure instanceof RecordTooLargeException) {
            unacknowledged.addAndGet(-sent.record().value().length);
            sent.events().forEach(counts::lost);
            LOG.error("{} events are lost: {}", sent.events().size(), failure.getMessage());
        } else {
            trouble = "sends again what Kafka did not take: " + failure.getMessage();
            failedAt = System.nanoTime();
            failed.add(sent);
        }
    }

    /** Sends again what the producer gave up, after a pause. */
    void resend() {
        if (failed.isEmpty() || System.nanoTime() - failedAt < PAUSE_NANOS) {
            return;
        }
        List<Sent> again = new ArrayList<>();
        for (Sent sent = failed.poll(); sent != null; sent = failed.poll()) {
            again.add(sent);
        }
        for (Sent sent : again) {
            if (failed.isEmpty()) {
                counts.resent.increment();
                send(new Sent(sent.record(), sent.events(), System.currentTimeMillis()));
            } else {
                // The producer knows no brokers: each attempt would wait.
                failed.add(sent);
            }
        }
    }

    /** Whether it has something to send again, so that more would only wait. Any thread. */
    boolean stuck() {
        return !failed.isEmpty();
    }

    /** Bytes that were sent and not yet taken. Any thread. */
    long unacknowledged() {
        return unacknowledged.get();
    }

    /** What went wrong, or null. Any thread. */
    @Nullable
    String trouble() {
        return trouble;
    }

    void close(Duration patience) {
        producer.close(patience);
        if (unacknowledged.get() > 0) {
            LOG.error("{} bytes of events are lost: the brokers had not taken them at the close", unacknowledged.get());
        }
    }
}
