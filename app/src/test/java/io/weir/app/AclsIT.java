package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.app.acl.Grant;
import io.weir.app.acl.Role;
import io.weir.edge.EdgeNode;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.schemas.Contracts;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rights of gateway and operator suffice, and each is needed; nobody may do anything that is not granted. Those of the
 * roles that are streams are tried in {@link StreamAclsIT}.
 */
class AclsIT {
    private static final Role.Names NAMES = new Role.Names("weir", "weir-ingest-log", "log");
    private static final long NOON = 1_767_268_800_000L;
    private static final String POLICY = """
            policy: example
            rules:
              - { name: token, key: [token], limits: [1 per minute] }
            blocks:
              - { name: strike, key: [ip], after: 1 per minute, for: 1 hour }
            """;

    /** Every topic of Weir's, one that Streams makes, and others. */
    private static final List<String> TOPICS = List.of(
            Topics.REQUESTS,
            Topics.VISITS,
            Topics.DECISIONS,
            Topics.USAGE,
            Topics.DEAD_LETTERS,
            Topics.POLICIES,
            Topics.ENTITIES,
            Topics.BLOCKLIST,
            Topics.AUDIT,
            "weir-usage-changelog",
            "log",
            "payments");

    private static final List<String> GROUPS = List.of("weir", "weir-ingest-log", "weir-other", "payments");

    private static final List<String> TRANSACTIONAL_IDS =
            List.of("weir-0", "weir-dead-letters", "weir-ingest-log-0", "weir", "payments");

    @TempDir
    private static Path folder;

    private static SecuredBroker broker;
    private static Rights rights;
    private static Enforcer enforcer;

    @BeforeAll
    static void start() throws Exception {
        broker = SecuredBroker.start(folder);
        rights = new Rights(broker);
        Map<String, String> settings =
                broker.settings(SecuredBroker.ADMIN, Map.of("commit.interval.ms", "20", "partitions", "1"));
        enforcer = Enforcer.start(EnforcerConfig.of(broker.bootstrapServers(), folder.resolve("state"), settings));
        assertThat(enforcer.awaitRunning(LiveCluster.PATIENCE)).isTrue();
        try (Admin admin = Admin.create(broker.client(SecuredBroker.ADMIN))) {
            admin.createTopics(List.of(new NewTopic("log", 1, (short) 1), new NewTopic("payments", 1, (short) 1)))
                    .all()
                    .get();
            for (String group : GROUPS.subList(1, GROUPS.size())) {
                admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition("log", 0), new OffsetAndMetadata(0)))
                        .all()
                        .get();
            }
        }
    }

    @AfterAll
    static void stop() {
        enforcer.close();
        rights.close();
        broker.close();
    }

    private static Request request(String who) {
        return new Request(
                "r-" + who, NOON, "example", "GET", "/", null, who, null, null, null, null, 1, Map.of(), false, 0);
    }

    /** Has a request decided by way of an edge; what its health says when it is not. */
    private static String answers(String user, int number) throws Exception {
        try (EdgeNode edge = EdgeNode.builder()
                .bootstrapServers(broker.bootstrapServers())
                .gateway("gateway-" + number)
                .timeout(Duration.ofSeconds(2))
                .plainTokens()
                .client(broker.client(user))
                .build()) {
            LiveCluster.patiently()
                    .until(() -> decides(edge, user) || refusal(edge).contains("authorized"));
            return refusal(edge);
        }
    }

    private static boolean decides(EdgeNode edge, String who) throws Exception {
        return edge.awaitReady(Duration.ofMillis(100))
                && edge.decide(request("t-" + who)).toCompletableFuture().get().reason() != Reason.UNAVAILABLE;
    }

    private static String refusal(EdgeNode edge) {
        return edge.health().reasons().stream()
                .filter(reason -> reason.contains("authorized"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void shouldNeedEveryRightOfTheGateway() throws Exception {
        // Given
        List<Grant> grants = Role.GATEWAY.grants(NAMES);
        String all = rights.newName();
        rights.give(all, grants);

        // Then
        assertThat(answers(all, grants.size())).isEmpty();
        rights.tryWithoutEach(IntStream.range(0, grants.size()).boxed().toList(), number -> grants, AclsIT::answers);
    }

    private static String operator(String... command) throws Exception {
        if (command[0].equals("tail")) {
            // It closes its output, which would be this process's.
            Program run = broker.run(SecuredBroker.OPERATOR, command);
            return run.exitCode() == 0 ? "" : run.err();
        }
        Terminal.Run run = broker.command(SecuredBroker.OPERATOR, command);
        return run.exitCode() == 0 ? "" : run.err();
    }

    private static void send(byte[] request) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                broker.client(SecuredBroker.ADMIN), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.REQUESTS, "t".getBytes(StandardCharsets.UTF_8), request))
                    .get();
        }
    }

    private static long letters() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                broker.client(SecuredBroker.ADMIN), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition letters = new TopicPartition(Topics.DEAD_LETTERS, 0);
            return consumer.endOffsets(List.of(letters)).getOrDefault(letters, 0L);
        }
    }

    /** Makes a dead letter and waits for it. */
    private static void letter() throws Exception {
        long before = letters();
        send(new byte[] {2});
        LiveCluster.patiently().until(() -> letters() > before);
    }

    /** For each right what needs it, in an order in which each finds what it needs. */
    private static Map<String, List<String>> commands(Path policy) {
        List<String> apply = List.of("policy", "apply", policy.toString());
        List<String> retry = List.of("dead-letters", "retry", "--all");
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put("WRITE " + Topics.POLICIES, apply);
        commands.put("READ " + Topics.POLICIES, List.of("policy", "list"));
        commands.put("WRITE " + Topics.ENTITIES, List.of("entity", "set", "account", "a1", "--attribute", "plan=free"));
        commands.put("READ " + Topics.ENTITIES, List.of("entity", "show", "account", "a1"));
        commands.put(
                "WRITE " + Topics.BLOCKLIST,
                List.of("block", "--domain", "example", "--ip", "192.0.2.9", "--for", "1h"));
        commands.put("READ " + Topics.BLOCKLIST, List.of("blocks"));
        commands.put("READ " + Topics.DECISIONS, List.of("tail", "--from-beginning", "--limit", "1"));
        commands.put("WRITE " + Topics.VISITS, List.of("unblock", "--domain", "example", "--ip", "192.0.2.8"));
        commands.put("READ " + Topics.AUDIT, List.of("audit"));
        commands.put("WRITE " + Topics.AUDIT, apply);
        commands.put("READ " + Topics.DEAD_LETTERS, List.of("dead-letters", "list"));
        commands.put("WRITE " + Topics.DEAD_LETTERS, retry);
        commands.put("WRITE " + Topics.REQUESTS, retry);
        commands.put("WRITE weir-dead-letters", retry);
        return commands;
    }

    @Test
    void shouldNeedEveryRightOfTheOperator() throws Exception {
        // Given
        Map<String, List<String>> commands = commands(Files.writeString(folder.resolve("p.yaml"), POLICY));
        rights.give(SecuredBroker.OPERATOR, Role.OPERATOR.grants(NAMES));
        send(Contracts.REQUEST.encode(Conversions.event(request("t"))));
        letter();

        // Then: all together suffice
        for (List<String> command : new LinkedHashSet<>(commands.values())) {
            assertThat(operator(command.toArray(String[]::new)))
                    .as("%s", command)
                    .isEmpty();
        }

        // And each is needed
        letter();
        for (Grant grant : Role.OPERATOR.grants(NAMES)) {
            List<String> command = Objects.requireNonNull(commands.get(grant.operation() + " " + grant.name()));
            rights.take(SecuredBroker.OPERATOR, grant);
            Rights.assertRefused(grant, operator(command.toArray(String[]::new)));
            rights.give(SecuredBroker.OPERATOR, List.of(grant));
        }
    }

    /**
     * What the role may do, as the broker tells it: who may read or write may describe, and of what there is no right for
     * nobody is even told that it is there.
     */
    private static Set<String> expected(Role role) {
        Set<String> expected = new TreeSet<>();
        Map<ResourceType, List<String>> all = Map.of(
                ResourceType.TOPIC, TOPICS,
                ResourceType.GROUP, GROUPS,
                ResourceType.TRANSACTIONAL_ID, TRANSACTIONAL_IDS);
        all.forEach((type, names) -> names.forEach(name -> {
            Set<AclOperation> operations = EnumSet.noneOf(AclOperation.class);
            for (Grant grant : role.grants(NAMES)) {
                if (grant.type() == type
                        && (grant.prefix() ? name.startsWith(grant.name()) : name.equals(grant.name()))) {
                    operations.add(grant.operation());
                }
            }
            if (operations.contains(AclOperation.READ) || operations.contains(AclOperation.WRITE)) {
                operations.add(AclOperation.DESCRIBE);
                operations.forEach(each -> expected.add(type + " " + name + " " + each));
            }
        }));
        return expected;
    }

    /** What is told of it, which a name without any right is refused. */
    private static <T> Set<T> told(KafkaFuture<Set<T>> operations) throws InterruptedException {
        try {
            return operations.get();
        } catch (ExecutionException refused) {
            assertThat(refused).hasCauseInstanceOf(AuthorizationException.class);
            return Set.of();
        }
    }

    private static Set<String> allowed(String user) throws Exception {
        Set<String> allowed = new TreeSet<>();
        try (Admin admin = Admin.create(broker.client(user))) {
            var topics = admin.describeTopics(TOPICS, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .topicNameValues();
            for (String topic : TOPICS) {
                told(Objects.requireNonNull(topics.get(topic)).thenApply(each -> each.authorizedOperations()))
                        .forEach(each -> allowed.add("TOPIC " + topic + " " + each));
            }
            var groups = admin.describeConsumerGroups(
                            GROUPS, new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                    .describedGroups();
            for (String group : GROUPS) {
                told(Objects.requireNonNull(groups.get(group)).thenApply(each -> each.authorizedOperations()))
                        .forEach(each -> allowed.add("GROUP " + group + " " + each));
            }
            assertThat(admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                            .authorizedOperations()
                            .get())
                    .isEmpty();
        }
        for (String id : TRANSACTIONAL_IDS) {
            if (mayUse(user, id)) {
                allowed.addAll(List.of("TRANSACTIONAL_ID " + id + " WRITE", "TRANSACTIONAL_ID " + id + " DESCRIBE"));
            }
        }
        return allowed;
    }

    /** Whether it may write under that transactional id; who may not may not describe it either. */
    private static boolean mayUse(String user, String transactionalId) {
        Map<String, Object> client = new HashMap<>(broker.client(user));
        client.put("transactional.id", transactionalId);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            return true;
        } catch (TransactionalIdAuthorizationException refused) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGrantNothingElse(Role role) throws Exception {
        // Given
        String user = rights.newName();
        rights.give(user, role.grants(NAMES));

        // Then
        await().atMost(LiveCluster.PATIENCE)
                .untilAsserted(() -> assertThat(allowed(user)).isEqualTo(expected(role)));
    }
}
