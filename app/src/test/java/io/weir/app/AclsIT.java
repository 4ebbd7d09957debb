package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.app.acl.Grant;
import io.weir.app.acl.Role;
import io.weir.edge.EdgeNode;
import io.weir.engine.Decision;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.schemas.Contracts;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import io.weir.wire.Conversions;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each right that a role has is needed: without it something does not work. {@code -Dweir.acls=all} tries every one; else
 * few of the enforcer's are tried, which takes up to a minute to stop when it lacks one.
 */
class AclsIT {
    private static final Role.Names NAMES = new Role.Names("weir", "weir-ingest-log", "log");
    private static final boolean ALL = "all".equals(System.getProperty("weir.acls"));
    private static final long NOON = 1_767_268_800_000L;

    /** A request visits two subjects, and a second one is a strike that blocks a third. */
    private static final String POLICY = """
            policy: example
            rules:
              - { name: token, key: [token], limits: [1 per minute] }
              - { name: account, key: [account], limits: [5 per minute] }
            blocks:
              - { name: strike, key: [ip], after: 1 per minute, for: 1 hour }
            """;

    /** Every topic of Weir's, those that Streams makes, and others. */
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

    @TempDir
    private Path folder;

    private int runs;

    /** Tries a role's rights: what needs one works again and again, and fails without it, naming what it is about. */
    private static void tryWithout(SecuredBroker broker, String user, List<Grant> grants, Check check)
            throws Exception {
        try (Admin admin = Admin.create(broker.client(SecuredBroker.ADMIN))) {
            for (Grant grant : grants) {
                AclBinding binding = grant.to("User:" + user);
                admin.deleteAcls(List.of(binding.toFilter())).all().get();
                assertThat(check.failure(grant)).as("without %s", grant).contains(grant.name());
                admin.createAcls(List.of(binding)).all().get();
                assertThat(check.failure(grant)).as("again with %s", grant).isEmpty();
            }
        }
    }

    /** What fails of that which needs the right; empty when it works. */
    private interface Check {
        String failure(Grant grant) throws Exception;
    }

    /** An exception and what caused it. */
    private static String told(Throwable failure) {
        StringBuilder told = new StringBuilder();
        for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
            told.append(each).append('\n');
        }
        return told.toString();
    }

    private static void grant(SecuredBroker broker, Role role, String user) throws Exception {
        try (Admin admin = Admin.create(broker.client(SecuredBroker.ADMIN))) {
            admin.createAcls(role.grants(NAMES).stream()
                            .map(grant -> grant.to("User:" + user))
                            .toList())
                    .all()
                    .get();
        }
    }

    private Enforcer enforcer(SecuredBroker broker, String user) {
        Map<String, String> settings = broker.settings(user, Map.of("commit.interval.ms", "20", "partitions", "1"));
        return Enforcer.start(
                EnforcerConfig.of(broker.bootstrapServers(), folder.resolve("state-" + runs++), settings));
    }

    private static void send(SecuredBroker broker, String topic, String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                broker.client(SecuredBroker.ADMIN), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        }
    }

    /** Somebody's request; each one has an address and an account to itself. */
    private static Request request(String who, long time) {
        return new Request(
                "r",
                time,
                "example",
                "GET",
                "/",
                "ip-" + who,
                who,
                null,
                "a-" + who,
                null,
                null,
                1,
                Map.of(),
                false,
                0);
    }

    private static Map<String, Long> ends(SecuredBroker broker) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                broker.client(SecuredBroker.ADMIN), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Map<String, Long> ends = new HashMap<>();
            for (String topic :
                    List.of(Topics.DECISIONS, Topics.VISITS, Topics.BLOCKLIST, Topics.USAGE, Topics.DEAD_LETTERS)) {
                ends.put(
                        topic,
                        consumer.endOffsets(List.of(new TopicPartition(topic, 0))).values().stream()
                                .mapToLong(end -> end)
                                .sum());
            }
            return ends;
        }
    }

    /** Starts an enforcer that has to do all that enforcers do. */
    private String enforces(SecuredBroker broker) throws Exception {
        Enforcer started;
        try {
            started = enforcer(broker, SecuredBroker.ENFORCER);
        } catch (RuntimeException refused) {
            return told(refused);
        }
        try (Enforcer enforcer = started) {
            await().atMost(LiveCluster.PATIENCE).until(() -> enforcer.running() || enforcer.failure() != null);
            if (enforcer.failure() == null) {
                Map<String, Long> before = ends(broker);
                makeItWork(broker, enforcer);
                await().atMost(LiveCluster.PATIENCE)
                        .until(() -> enforcer.failure() != null || (grown(before, broker) && follows(enforcer)));
            }
            Throwable failure = enforcer.failure();
            return failure == null ? "" : told(failure);
        }
    }

    private static boolean follows(Enforcer enforcer) {
        return enforcer.registry().policy("example") != null
                && !enforcer.registry().blocks().isEmpty();
    }

    private static boolean grown(Map<String, Long> before, SecuredBroker broker) {
        return ends(broker).entrySet().stream().allMatch(end -> end.getValue() > before.getOrDefault(end.getKey(), 0L));
    }

    /** Sends what makes an enforcer write to every topic. */
    private void makeItWork(SecuredBroker broker, Enforcer enforcer) throws Exception {
        send(broker, Topics.POLICIES, "example", Contracts.POLICY.encode(PolicyDocuments.of("example", POLICY, null)));
        await().atMost(LiveCluster.PATIENCE)
                .until(() -> enforcer.failure() != null || enforcer.registry().policy("example") != null);
        String token = "t" + runs;
        for (long time : List.of(NOON, NOON, NOON + 60_000)) {
            byte[] event = Contracts.REQUEST.encode(Conversions.event(request(token, time)));
            send(broker, Topics.REQUESTS, token, event);
        }
        send(broker, Topics.REQUESTS, token, new byte[] {1});
    }

    @Test
    void shouldNeedEveryRightOfTheEnforcer() throws Exception {
        try (SecuredBroker broker = SecuredBroker.start(folder)) {
            // Given
            grant(broker, Role.ENFORCER, SecuredBroker.ENFORCER);
            List<Grant> creating = new ArrayList<>();
            List<Grant> others = new ArrayList<>();
            for (Grant grant : Role.ENFORCER.grants(NAMES)) {
                if (ALL || List.of("weir.", Topics.USAGE).contains(grant.name())) {
                    (grant.operation() == AclOperation.CREATE ? creating : others).add(grant);
                }
            }

            // Then: rights to create are needed while there is nothing
            try (Admin admin = Admin.create(broker.client(SecuredBroker.ADMIN))) {
                for (Grant grant : creating) {
                    AclBinding binding = grant.to("User:" + SecuredBroker.ENFORCER);
                    admin.deleteAcls(List.of(binding.toFilter())).all().get();
                    assertThat(enforces(broker)).as("without %s", grant).contains(grant.name());
                    admin.createAcls(List.of(binding)).all().get();
                }
            }
            assertThat(enforces(broker)).isEmpty();
            tryWithout(broker, SecuredBroker.ENFORCER, others, grant -> enforces(broker));
        }
    }

    /** Has a request decided by way of an edge. */
    private static String answers(SecuredBroker broker) throws Exception {
        try (EdgeNode edge = EdgeNode.builder()
                .bootstrapServers(broker.bootstrapServers())
                .gateway("one")
                .timeout(Duration.ofSeconds(5))
                .plainTokens()
                .client(broker.client(SecuredBroker.GATEWAY))
                .build()) {
            boolean ready = edge.awaitReady(Duration.ofSeconds(5));
            Decision decision = edge.decide(request("t-" + System.nanoTime(), NOON))
                    .toCompletableFuture()
                    .get(1, TimeUnit.MINUTES);
            return ready && decision.reason() != Reason.UNAVAILABLE
                    ? ""
                    : String.join("\n", edge.health().reasons());
        }
    }

    @Test
    void shouldNeedEveryRightOfTheGateway() throws Exception {
        try (SecuredBroker broker = SecuredBroker.start(folder);
                Enforcer enforcer = enforcer(broker, SecuredBroker.ADMIN)) {
            // Given
            grant(broker, Role.GATEWAY, SecuredBroker.GATEWAY);
            assertThat(enforcer.awaitRunning(LiveCluster.PATIENCE)).isTrue();

            // Then
            tryWithout(broker, SecuredBroker.GATEWAY, Role.GATEWAY.grants(NAMES), grant -> answers(broker));
        }
    }

    private static String operator(SecuredBroker broker, String @Nullable ... command) throws Exception {
        if (command == null) {
            throw new AssertionError("expected a command for every right");
        }
        if (command[0].equals("tail")) {
            // It closes its output, which would be this process's.
            Program run = broker.run(SecuredBroker.OPERATOR, command);
            return run.exitCode() == 0 ? "" : run.err();
        }
        Terminal.Run run = broker.command(SecuredBroker.OPERATOR, command);
        return run.exitCode() == 0 ? "" : run.err();
    }

    @Test
    void shouldNeedEveryRightOfTheOperator() throws Exception {
        try (SecuredBroker broker = SecuredBroker.start(folder);
                Enforcer enforcer = enforcer(broker, SecuredBroker.ADMIN)) {
            // Given
            grant(broker, Role.OPERATOR, SecuredBroker.OPERATOR);
            assertThat(enforcer.awaitRunning(LiveCluster.PATIENCE)).isTrue();
            Path policy = Files.writeString(folder.resolve("p.yaml"), POLICY);
            Map<String, String[]> commands = new LinkedHashMap<>();
            commands.put("READ " + Topics.POLICIES, new String[] {"policy", "list"});
            commands.put("WRITE " + Topics.POLICIES, new String[] {"policy", "apply", policy.toString()});
            commands.put("READ " + Topics.ENTITIES, new String[] {"entity", "show", "account", "a1"});
            commands.put(
                    "WRITE " + Topics.ENTITIES,
                    new String[] {"entity", "set", "account", "a1", "--attribute", "plan=free"});
            commands.put("READ " + Topics.BLOCKLIST, new String[] {"blocks"});
            commands.put(
                    "WRITE " + Topics.BLOCKLIST,
                    new String[] {"block", "--domain", "example", "--ip", "192.0.2.9", "--for", "1h"});
            commands.put("READ " + Topics.DECISIONS, new String[] {"tail", "--from-beginning", "--limit", "1"});
            commands.put(
                    "WRITE " + Topics.VISITS, new String[] {"unblock", "--domain", "example", "--ip", "192.0.2.8"});
            commands.put("READ " + Topics.AUDIT, new String[] {"audit"});
            commands.put("WRITE " + Topics.AUDIT, new String[] {"policy", "apply", policy.toString()});
            commands.put("READ " + Topics.DEAD_LETTERS, new String[] {"dead-letters", "list"});
            String[] retry = {"dead-letters", "retry", "--all"};
            commands.put("WRITE " + Topics.DEAD_LETTERS, retry);
            commands.put("WRITE " + Topics.REQUESTS, retry);
            commands.put("WRITE weir-dead-letters", retry);
            assertThat(operator(broker, "policy", "apply", policy.toString())).isEmpty();
            assertThat(operator(broker, commands.get("WRITE " + Topics.ENTITIES)))
                    .isEmpty();
            assertThat(operator(broker, commands.get("WRITE " + Topics.BLOCKLIST)))
                    .isEmpty();
            send(broker, Topics.REQUESTS, "t", Contracts.REQUEST.encode(Conversions.event(request("t", NOON))));

            // Then
            tryWithout(broker, SecuredBroker.OPERATOR, Role.OPERATOR.grants(NAMES), grant -> {
                // Something to retry for each that tries.
                long before = ends(broker).getOrDefault(Topics.DEAD_LETTERS, 0L);
                send(broker, Topics.REQUESTS, "t", new byte[] {2});
                LiveCluster.patiently().until(() -> ends(broker).getOrDefault(Topics.DEAD_LETTERS, 0L) > before);
                String[] command = commands.get(grant.operation() + " " + grant.name());
                return operator(broker, command);
            });
        }
    }

    /** Rights on topics as the broker tells them: who may read or write may describe, and sees no topic else. */
    private static Set<String> expected(Role role) {
        Set<String> expected = new TreeSet<>();
        for (String topic : TOPICS) {
            Set<AclOperation> operations = EnumSet.noneOf(AclOperation.class);
            for (Grant grant : role.grants(NAMES)) {
                if (grant.type() == ResourceType.TOPIC
                        && (grant.prefix() ? topic.startsWith(grant.name()) : topic.equals(grant.name()))) {
                    operations.add(grant.operation());
                }
            }
            if (operations.contains(AclOperation.READ) || operations.contains(AclOperation.WRITE)) {
                operations.add(AclOperation.DESCRIBE);
                operations.forEach(each -> expected.add(topic + " " + each));
            }
        }
        return expected;
    }

    private static Set<String> allowed(Admin admin) throws Exception {
        Set<String> allowed = new TreeSet<>();
        var described = admin.describeTopics(TOPICS, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        for (String topic : TOPICS) {
            try {
                Objects.requireNonNull(described.get(topic))
                        .get()
                        .authorizedOperations()
                        .forEach(each -> allowed.add(topic + " " + each));
            } catch (ExecutionException unknown) {
                // A name without any right is not even told that there is such a topic.
                assertThat(unknown).hasCauseInstanceOf(TopicAuthorizationException.class);
            }
        }
        return allowed;
    }

    @ParameterizedTest
    @EnumSource
    void shouldGrantNothingElse(Role role) throws Exception {
        try (SecuredBroker broker = SecuredBroker.start(folder);
                Admin all = Admin.create(broker.client(SecuredBroker.ADMIN))) {
            // Given
            all.createTopics(TOPICS.stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            grant(broker, role, SecuredBroker.GATEWAY);

            // Then
            try (Admin admin = Admin.create(broker.client(SecuredBroker.GATEWAY))) {
                await().atMost(LiveCluster.PATIENCE)
                        .untilAsserted(() -> assertThat(allowed(admin)).isEqualTo(expected(role)));
                assertThat(admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                                .authorizedOperations()
                                .get())
                        .isEmpty();
            }
        }
    }
}
