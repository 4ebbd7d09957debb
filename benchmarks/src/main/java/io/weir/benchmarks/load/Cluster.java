package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Folders;
import io.weir.benchmarks.process.Roles;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.Contracts;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker in a process of its own, with Weir's topics and policies, and enforcers in processes of their own. */
final class Cluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Path folder;
    private final Child broker;
    private final Map<String, String> settings;
    private final Admin admin;
    private final Registry registry = new Registry();
    private int enforcers;

    private Cluster(Path folder, Child broker, Map<String, String> settings) {
        this.folder = folder;
        this.broker = broker;
        this.settings = settings;
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.ready()));
    }

    static Cluster start(Map<String, String> settings, List<String> policies) {
        try {
            Path folder = Files.createTempDirectory("weir-benchmark");
            Cluster cluster = new Cluster(folder, Roles.broker(folder.resolve("broker")), settings);
            // Topics are made by an enforcer that comes and goes.
            Enforcer.start(EnforcerConfig.of(
                            cluster.bootstrapServers(), folder.resolve("first"), cluster.settings("first")))
                    .close();
            cluster.apply(policies);
            return cluster;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    Map<String, String> settings(String application) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("application.id", application);
        return all;
    }

    private void apply(List<String> documents) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String document : documents) {
                Policy policy = PolicyReader.read("policy", document);
                registry.apply(policy);
                var unused = producer.send(new ProducerRecord<>(
                        Topics.POLICIES,
                        policy.domain().getBytes(StandardCharsets.UTF_8),
                        Contracts.POLICY.encode(PolicyDocuments.of(policy.domain(), document, null))));
            }
        }
    }

    String bootstrapServers() {
        return broker.ready();
    }

    Child broker() {
        return broker;
    }

    Admin admin() {
        return admin;
    }

    Registry registry() {
        return registry;
    }

    int partitions() {
        return Integer.parseInt(settings.getOrDefault("partitions", "4"));
    }

    /** Starts an enforcer with state of its own. */
    Child enforcer() {
        return enforcer(folder.resolve("state" + enforcers++));
    }

    Child enforcer(Path state) {
        return Roles.enforcer(bootstrapServers(), state, settings("weir"));
    }

    /** Starts what moves such records as an enforcer's, and is none. */
    Child floor(Floor.Moved moved) {
        Map<String, String> all = settings("weir");
        all.putAll(moved.settings());
        return Roles.floor(bootstrapServers(), folder.resolve("state" + enforcers++), all);
    }

    Path folder() {
        return folder;
    }

    /** Records of a topic that the enforcers have committed. */
    long committed(String topic) {
        try {
            long sum = 0;
            for (var offset : admin.listConsumerGroupOffsets("weir")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .entrySet()) {
                TopicPartition partition = offset.getKey();
                var value = offset.getValue();
                if (partition.topic().equals(topic) && value != null) {
                    sum += value.offset();
                }
            }
            return sum;
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException("expected the broker to know committed offsets", failed);
        }
    }

    /** Waits until all that has been sent is decided and committed. */
    void awaitDecided() throws InterruptedException {
        awaitDecided(sent(Topics.REQUESTS));
    }

    /**
     * Waits until so many records of the requests topic are decided and committed.
     *
     * @throws IllegalStateException if that takes more than {@link #PATIENCE}
     */
    void awaitDecided(long records) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (committed(Topics.REQUESTS) < records) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("expected " + records + " records to be decided within " + PATIENCE
                        + ", found " + committed(Topics.REQUESTS));
            }
            // Each question is two requests to the broker, whose CPU time is what is measured.
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /** Records that a topic has been given. */
    private long sent(String topic) {
        return sent(List.of(topic));
    }

    /** Records that all topics have been given but that of requests and the broker's own, marks of transactions included. */
    long written() {
        try {
            return sent(admin.listTopics(new ListTopicsOptions().listInternal(false)).names().get().stream()
                    .filter(topic -> !topic.equals(Topics.REQUESTS))
                    .toList());
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException("expected the broker to list its topics", failed);
        }
    }

    private long sent(List<String> topics) {
        try {
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            admin.describeTopics(topics)
                    .allTopicNames()
                    .get()
                    .forEach((topic, described) -> described
                            .partitions()
                            .forEach(partition ->
                                    asked.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
            return admin.listOffsets(asked).all().get().values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException("expected the broker to know where topics end", failed);
        }
    }

    /** Bytes of each topic on the broker's disk. */
    Map<String, Long> topicBytes() {
        try {
            Map<String, Long> bytes = new HashMap<>();
            List<Integer> brokers =
                    admin.describeCluster().nodes().get().stream().map(Node::id).toList();
            admin.describeLogDirs(brokers).allDescriptions().get().values().stream()
                    .flatMap(folders -> folders.values().stream())
                    .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                    .forEach(replica -> bytes.merge(
                            replica.getKey().topic(), replica.getValue().size(), Long::sum));
            return bytes;
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException("expected the broker to describe its folders", failed);
        }
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
        Folders.delete(folder);
    }
}
