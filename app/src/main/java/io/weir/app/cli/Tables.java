package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.audit.AuditRecord;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.app.json.EntityWriter;
import io.weir.engine.Entity;
import io.weir.schemas.Contracts;
import io.weir.schemas.FramedDeserializer;
import io.weir.schemas.FramingSettings;
import io.weir.wire.Conversions;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the compacted topics: policies, entities, the block list. What operators do goes with a record of who
 * did it. For one thread.
 */
final class Tables implements AutoCloseable {
    private static final int PATIENCE_MS = 15_000;

    private final Map<String, Object> client;
    private final KafkaProducer<String, byte[]> producer;
    private final List<Future<?>> written = new ArrayList<>();

    Tables(Map<String, Object> client) {
        this.client = client;
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("acks", "all");
        settings.putIfAbsent("max.block.ms", PATIENCE_MS);
        Serializer<byte[]> framed =
                FramingSettings.of(settings).framing(FramingSettings.PATIENCE).serializer();
        this.producer = new KafkaProducer<>(
                settings,
                new StringSerializer(),
                (topic, value) -> topic.equals(Topics.AUDIT) ? value : framed.serialize(topic, value));
    }

    void put(PolicyFile file) {
        String domain = file.policy().domain();
        byte[] value = Contracts.POLICY.encode(PolicyDocuments.of(
                domain, file.yaml(), file.file().getFileName().toString()));
        audit("policy apply", Map.of("domain", domain, "version", PolicyDocuments.version(file.yaml())));
        write(Topics.POLICIES, domain, value);
        flush();
    }

    void put(Entity entity) {
        audit("entity set", Map.of("entity", entity.type() + "/" + entity.id(), "known", EntityWriter.line(entity)));
        write(
                Topics.ENTITIES,
                entity.type() + "/" + entity.id(),
                Contracts.ENTITY.encode(Conversions.document(entity)));
    }

    void remove(String entityType, String id) {
        audit("entity remove", Map.of("entity", entityType + "/" + id));
        write(Topics.ENTITIES, entityType + "/" + id, null);
    }

    /** Keeps what is about to be done: nothing is done of which there is no record. {@link #flush} waits for both. */
    void audit(String action, Map<String, String> what) {
        ProducerRecord<byte[], byte[]> record = AuditRecord.now(action, what).record();
        try {
            written.add(producer.send(new ProducerRecord<>(record.topic(), record.partition(), null, record.value())));
        } catch (TimeoutException missing) {
            throw UserException.failed(
                    "topic " + record.topic() + ": expected on the cluster, found none; weir run creates it", missing);
        }
    }

    /** Writes a key's value, or with null takes it away; {@link #flush} waits for it. */
    void write(String topic, String key, byte @Nullable [] value) {
        written.add(producer.send(new ProducerRecord<>(topic, 0, key, value)));
    }

    /** Sends a record to the partition where its key is at home. */
    void send(String topic, String key, byte[] value) {
        written.add(producer.send(new ProducerRecord<>(topic, key, value)));
    }

    /**
     * Waits until everything written has arrived.
     *
     * @throws UserException when the broker refuses something
     */
    void flush() {
        producer.flush();
        try {
            for (Future<?> each : written) {
                each.get();
            }
        } catch (ExecutionException refused) {
            throw UserException.failed(
                    "broker: expected to take what is written, found " + refused.getCause(), refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw UserException.failed("broker: expected to take what is written, found an interruption", interrupted);
        } finally {
            written.clear();
        }
    }

    /** The latest value of each key of a topic, in the order in which they were last written. */
    Map<String, byte[]> read(String topic) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("isolation.level", "read_committed");
        Map<String, byte[]> table = new LinkedHashMap<>();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new FramedDeserializer(settings))) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    table.remove(record.key());
                    if (record.value() != null) {
                        table.put(record.key(), record.value());
                    }
                }
            }
        }
        return table;
    }

    static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        List<PartitionInfo> found = consumer.listTopics().get(topic);
        if (found == null || found.isEmpty()) {
            throw UserException.failed("topic " + topic
                    + ": expected on the cluster, found none; weir run creates it, and weir acls tells the rights"
                    + " to see it");
        }
        return found.stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
    }

    @Override
    public void close() {
        producer.close();
    }
}
