package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.app.acl.Grant;
import io.weir.app.acl.Role;
import io.weir.app.ingest.MappedLog;
import io.weir.app.ingest.MappingReader;
import io.weir.engine.Request;
import io.weir.schemas.Contracts;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import io.weir.topology.ingest.IngestConfig;
import io.weir.topology.ingest.IngestCounts;
import io.weir.topology.ingest.Ingestor;
import io.weir.wire.Conversions;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights of enforcer and ingest suffice, and each is needed: without it they stop and tell what they were refused. */
class StreamAclsIT {
    private static final long NOON = 1_767_268_800_000L;
    private static final String LOG = "log";

    /** A request visits two subjects, and a second one is a strike that blocks a third. */
    private static final String POLICY = """
            policy: example
            rules:
              - { name: token, key: [token], limits: [1 per minute] }
              - { name: account, key: [account], limits: [5 per minute] }
            blocks:
              - { name: strike, key: [ip], after: 1 per minute, for: 1 hour }
            """;

    private static final List<String> WRITTEN =
            List.of(Topics.DECISIONS, Topics.VISITS, Topics.BLOCKLIST, Topics.USAGE, Topics.DEAD_LETTERS);

    @TempDir
    private Path folder;

    /** Each try is a group of its own, with topics of its own. */
    private static Role.Names names(int number) {
        return new Role.Names("weir" + number, "ingest" + number, LOG);
    }

    private Enforcer enforcer(SecuredBroker broker, String user, String id) {
        Map<String, String> settings = broker.settings(
                user, Map.of("application.id", id, "commit.interval.ms", "20", "partitions", "1", "threads", "1"));
        return Enforcer.start(EnforcerConfig.of(broker.bootstrapServers(), folder.resolve("state-" + user), settings));
    }

    /** What an enforcer stops with. */
    private String enforces(SecuredBroker broker, String user, String id) {
        try (Enforcer enforcer = enforcer(broker, user, id)) {
            await().atMost(LiveCluster.PATIENCE).until(() -> enforcer.failure() != null);
            Throwable failure = enforcer.failure();
            return failure == null ? "" : Rights.told(failure);
        } catch (RuntimeException refused) {
            return Rights.told(refused);
        }
    }

    private static void send(SecuredBroker broker, String topic, String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                broker.client(SecuredBroker.ADMIN), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        }
    }

    private static byte[] request(long time, String ip) {
        return Contracts.REQUEST.encode(Conversions.event(
                new Request("r", time, "example", "GET", "/", ip, "t", null, "a", null, null, 1, Map.of(), false, 0)));
    }

    /** Sends what makes an enforcer write to every topic: usage, too, when a window ends by a request that is not blocked. */
    private static void makeItWork(SecuredBroker broker) throws Exception {
        send(broker, Topics.REQUESTS, "t", request(NOON, "192.0.2.1"));
        send(broker, Topics.REQUESTS, "t", request(NOON, "192.0.2.1"));
        send(broker, Topics.REQUESTS, "t", request(NOON + 60_000, "192.0.2.2"));
        send(broker, Topics.REQUESTS, "t", new byte[] {1});
    }

    /** Whether committed records are in each of these topics. One consumer asks for all: with TLS a new one is dear. */
    private static boolean written(KafkaConsumer<byte[], byte[]> consumer, List<String> topics) {
        return consumer
                .endOffsets(topics.stream()
                        .map(topic -> new TopicPartition(topic, 0))
                        .toList())
                .values()
                .stream()
                .allMatch(end -> end > 0);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(SecuredBroker broker) {
        Map<String, Object> client = new HashMap<>(broker.client(SecuredBroker.ADMIN));
        client.put("isolation.level", "read_committed");
        return new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Test
    void shouldNeedEveryRightOfTheEnforcer() throws Exception {
        try (SecuredBroker broker = SecuredBroker.start(folder);
                Rights rights = new Rights(broker)) {
            // Given
            List<Grant> first = Role.ENFORCER.grants(names(0));
            List<Integer> which =
                    new ArrayList<>(IntStream.range(0, first.size()).boxed().toList());

            // Then: the right to create topics is needed while there is none
            int create = IntStream.range(0, first.size())
                    .filter(i -> first.get(i).operation() == AclOperation.CREATE
                            && first.get(i).name().equals("weir."))
                    .findFirst()
                    .orElseThrow();
            rights.tryWithoutEach(
                    List.of(create),
                    number -> Role.ENFORCER.grants(names(number)),
                    (user, number) -> enforces(broker, user, names(number).applicationId()));
            which.remove(Integer.valueOf(create));

            // And all together suffice
            String all = rights.newName();
            rights.give(all, first);
            try (Enforcer enforcer = enforcer(broker, all, names(0).applicationId());
                    KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
                assertThat(enforcer.awaitRunning(LiveCluster.PATIENCE))
                        .as("%s", enforcer.failure())
                        .isTrue();
                send(
                        broker,
                        Topics.POLICIES,
                        "example",
                        Contracts.POLICY.encode(PolicyDocuments.of("example", POLICY, null)));
                LiveCluster.patiently()
                        .until(() -> enforcer.registry().policy("example") != null || enforcer.failure() != null);
                makeItWork(broker);
                LiveCluster.patiently()
                        .until(() -> enforcer.failure() != null
                                || (written(consumer, WRITTEN)
                                        && !enforcer.registry().blocks().isEmpty()));
                assertThat(enforcer.failure()).isNull();
            }

            // And the right to read what is its own, when there is something to restore
            int restore = first.indexOf(first.stream()
                    .filter(grant -> grant.prefix()
                            && grant.operation() == AclOperation.READ
                            && grant.name().equals("weir0-"))
                    .findFirst()
                    .orElseThrow());
            rights.tryWithoutEach(
                    List.of(restore),
                    number -> first,
                    (user, number) -> enforces(broker, user, names(0).applicationId()));
            which.remove(Integer.valueOf(restore));

            // And each of the others
            rights.tryWithoutEach(
                    which,
                    number -> Role.ENFORCER.grants(names(number + 1)),
                    (user, number) -> enforces(broker, user, names(number + 1).applicationId()));
        }
    }

    private Ingestor ingestor(SecuredBroker broker, String user, String id) throws Exception {
        IngestConfig config = IngestConfig.of(
                broker.bootstrapServers(),
                LOG,
                "kong",
                folder.resolve("ingest-" + user),
                broker.settings(user, Map.of("ingest.application.id", id, "commit.interval.ms", "20")));
        return Ingestor.start(
                config, new MappedLog(MappingReader.read("kong", Files.readString(Path.of("../mappings/kong.yaml")))));
    }

    private String ingests(SecuredBroker broker, String user, String id) throws Exception {
        try (Ingestor ingestor = ingestor(broker, user, id)) {
            await().atMost(LiveCluster.PATIENCE).until(() -> ingestor.failure() != null);
            Throwable failure = ingestor.failure();
            return failure == null ? "" : Rights.told(failure);
        } catch (RuntimeException refused) {
            return Rights.told(refused);
        }
    }

    @Test
    void shouldNeedEveryRightOfIngest() throws Exception {
        List<String> topics = List.of(LOG, Topics.REQUESTS, Topics.POLICIES, Topics.DEAD_LETTERS);
        try (SecuredBroker broker = SecuredBroker.start(folder);
                Rights rights = new Rights(broker);
                Admin admin = Admin.create(broker.client(SecuredBroker.ADMIN))) {
            // Given
            admin.createTopics(topics.stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            send(broker, LOG, "", """
                    {"request":{"id":"k","uri":"/","method":"GET"},"client_ip":"192.0.2.1","started_at":1767268800000}
                    """.getBytes(StandardCharsets.UTF_8));
            send(broker, LOG, "", new byte[] {1});

            // Then: all together suffice
            List<Grant> first = Role.INGEST.grants(names(0));
            String all = rights.newName();
            rights.give(all, first);
            try (Ingestor ingestor = ingestor(broker, all, names(0).ingestId());
                    KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
                LiveCluster.patiently()
                        .until(() -> ingestor.failure() != null
                                || written(consumer, List.of(Topics.REQUESTS, Topics.DEAD_LETTERS)));
                assertThat(ingestor.failure()).isNull();
                assertThat(ingestor.counts().now()).isEqualTo(new IngestCounts.Snapshot(2, 1, 0, 1));
            }

            // And each is needed
            rights.tryWithoutEach(
                    IntStream.range(0, first.size()).boxed().toList(),
                    number -> Role.INGEST.grants(names(number + 1)),
                    (user, number) -> ingests(broker, user, names(number + 1).ingestId()));
        }
    }
}
