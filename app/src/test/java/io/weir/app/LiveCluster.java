package io.weir.app;

import static org.awaitility.Awaitility.await;

import io.weir.app.broker.EmbeddedBroker;
import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.Request;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.decide.Subject;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import io.weir.wire.Conversions;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** A broker, an enforcer and a gateway in this process. */
public final class LiveCluster implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path data;
    private Map<String, String> settings;
    private EmbeddedBroker broker;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, KafkaConsumer<byte[], byte[]>> consumers = new HashMap<>();
    private final Map<String, Decision> decisions = new HashMap<>();
    private final Queue<DeadLetter> letters = new ArrayDeque<>();
    private int decided;
    private Enforcer enforcer;

    /** Knows what the enforcer knows. */
    private QuotaEngine keys;

    private final Consumer<Decision> onlooker;

    private LiveCluster(Path data, Map<String, String> settings, Consumer<Decision> onlooker)
            throws InterruptedException {
        this.data = data;
        this.settings = settings;
        this.onlooker = onlooker;
        this.broker = EmbeddedBroker.start(data, 0);
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 5 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.enforcer = enforcer();
        this.keys = new QuotaEngine(enforcer.registry());
    }

    public static LiveCluster start(Path data, Map<String, String> settings) throws InterruptedException {
        return new LiveCluster(data, settings, decision -> {});
    }

    /** @param onlooker hears of every decision */
    static LiveCluster start(Path data, Map<String, String> settings, Consumer<Decision> onlooker)
            throws InterruptedException {
        return new LiveCluster(data, settings, onlooker);
    }

    private Enforcer enforcer() throws InterruptedException {
        Enforcer started =
                Enforcer.start(EnforcerConfig.of(broker.bootstrapServers(), data.resolve("state"), settings), onlooker);
        if (!started.awaitRunning(PATIENCE)) {
            throw new AssertionError("enforcer in state " + started.state() + " after " + PATIENCE, started.failure());
        }
        return started;
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public Enforcer running() {
        return enforcer;
    }

    Path state() {
        return data.resolve("state");
    }

    /** Stops the broker; clients go on looking for it where it was. */
    public void stopBroker() {
        broker.close();
    }

    /** Starts the broker again, where it was, with what it had. */
    public void startBroker() {
        broker = EmbeddedBroker.start(data, broker.port());
    }

    public void stopEnforcer() {
        enforcer.close();
    }

    public void startEnforcer() throws InterruptedException {
        enforcer = enforcer();
        keys = new QuotaEngine(enforcer.registry());
    }

    /** Starts it with other settings. */
    void startEnforcer(Map<String, String> others) throws InterruptedException {
        settings = others;
        startEnforcer();
    }

    public void apply(String yaml) {
        Policy policy = PolicyReader.read("policy", yaml);
        send(
                Topics.POLICIES,
                policy.domain().getBytes(StandardCharsets.UTF_8),
                Contracts.POLICY.encode(PolicyDocuments.of(policy.domain(), yaml, null)));
        await().atMost(PATIENCE).until(() -> {
            var known = enforcer.registry().policy(policy.domain());
            return known != null && known.policy().equals(policy);
        });
    }

    public void put(Entity entity) {
        send(
                Topics.ENTITIES,
                (entity.type() + "/" + entity.id()).getBytes(StandardCharsets.UTF_8),
                Contracts.ENTITY.encode(Conversions.document(entity)));
        await().atMost(PATIENCE).until(() -> entity.equals(enforcer.registry().entity(entity.type(), entity.id())));
    }

    /** Sends a request keyed as a good gateway does. One thread only. */
    void send(Request request) {
        Subject at = keys.start(request).at();
        byte[] key = at == null ? null : at.value().getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(
                new ProducerRecord<>(Topics.REQUESTS, key, Contracts.REQUEST.encode(Conversions.event(request))));
    }

    void send(String topic, byte @Nullable [] key, byte[] value) {
        sent(new ProducerRecord<>(topic, key, value));
    }

    /** Sends to a partition of the test's choice. */
    void send(int partition, byte @Nullable [] key, Request request) {
        sent(new ProducerRecord<>(
                Topics.REQUESTS, partition, key, Contracts.REQUEST.encode(Conversions.event(request))));
    }

    private void sent(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException refused) {
            throw new AssertionError("expected the broker to take the record", refused);
        }
    }

    /** The decision on the request of that id. */
    Decision decision(String requestId) {
        patiently().until(() -> {
            if (!decisions.containsKey(requestId)) {
                readDecisions();
            }
            return decisions.containsKey(requestId);
        });
        return Objects.requireNonNull(decisions.get(requestId));
    }

    /** How many decisions there have been, duplicates included. */
    int decided() {
        readDecisions();
        return decided;
    }

    /** Asks at once and often. */
    public static ConditionFactory patiently() {
        return await().atMost(PATIENCE)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2));
    }

    private void readDecisions() {
        for (ConsumerRecord<byte[], byte[]> record : consumer(Topics.DECISIONS).poll(Duration.ofMillis(5))) {
            for (DecisionEvent event : Contracts.decisions(record.value())) {
                decisions.put(String.valueOf(event.getRequestId()), Conversions.decision(event));
                decided++;
            }
        }
    }

    /** The next dead letter. */
    DeadLetter deadLetter() {
        patiently().until(() -> {
            if (letters.isEmpty()) {
                consumer(Topics.DEAD_LETTERS)
                        .poll(Duration.ofMillis(5))
                        .forEach(record -> letters.add(Contracts.DEAD_LETTER.decode(record.value())));
            }
            return !letters.isEmpty();
        });
        return letters.remove();
    }

    private KafkaConsumer<byte[], byte[]> consumer(String topic) {
        return consumers.computeIfAbsent(topic, name -> {
            KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                    .map(each -> new TopicPartition(name, each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return consumer;
        });
    }

    /** Waits until every visit that was sent has been made. */
    void awaitVisits() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            patiently().until(() -> visitsMade(admin));
        }
    }

    private boolean visitsMade(Admin admin) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < enforcer.partitions(); partition++) {
            asked.put(new TopicPartition(Topics.VISITS, partition), OffsetSpec.latest());
        }
        var ends = admin.listOffsets(asked).all().get();
        var committed = admin.listConsumerGroupOffsets("weir")
                .partitionsToOffsetAndMetadata()
                .get();
        return ends.entrySet().stream().allMatch(end -> {
            var offset = committed.get(end.getKey());
            return end.getValue().offset() == 0
                    || (offset != null && offset.offset() >= end.getValue().offset());
        });
    }

    @Override
    public void close() {
        enforcer.close();
        consumers.values().forEach(KafkaConsumer::close);
        producer.close();
        broker.close();
    }
}
