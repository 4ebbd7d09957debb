package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.acl.Grant;
import io.weir.app.acl.Role;
import io.weir.edge.EdgeNode;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each right that a role has is needed: without it something does not work. {@code -Dweir.acls=all} tries every one; else
 * one of each kind is tried.
 */
class AclsIT {
    private static final Role.Names NAMES = new Role.Names("weir", "weir-ingest-log", "log");
    private static final boolean ALL = "all".equals(System.getProperty("weir.acls"));
    private static final long NOON = 1_767_268_800_000L;
    private static final int ENOUGH_S = 15;

    /** A request visits two subjects, and a second one is a strike that blocks a third. */
    private static final String POLICY = """
            policy: example
            rules:
              - { name: token, key: [token], limits: [1 per minute] }
              - { name: account, key: [account], limits: [5 per minute] }
            blocks:
              - { name: strike, key: [ip], after: 1 per minute, for: 1 hour }
            """;

    @TempDir
    private Path folder;

    private int runs;

    /** Tries a role's rights: {@code works} must hold with all of them and fail without any one. */
    private static void tryWithout(SecuredBroker broker, String user, List<Grant> grants, Check works)
            throws Exception {
        try (Admin admin = Admin.create(broker.client(SecuredBroker.ADMIN))) {
            for (Grant grant : grants) {
                AclBinding binding = grant.to("User:" + user);
                admin.deleteAcls(List.of(binding.toFilter())).all().get();
                assertThat(works.holds(grant)).as("without %s", grant).isFalse();
                admin.createAcls(List.of(binding)).all().get();
                assertThat(works.holds(grant)).as("again with %s", grant).isTrue();
            }
        }
    }

    /** Whether what needs that right works. */
    private interface Check {
        boolean holds(Grant grant) throws Exception;
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

    /** Whether an enforcer starts and does all that it does. */
    private boolean enforces(SecuredBroker broker) throws Exception {
        Enforcer started;
        try {
            started = enforcer(broker, SecuredBroker.ENFORCER);
        } catch (RuntimeException refused) {
            return false;
        }
        try (Enforcer enforcer = started) {
            if (!enforcer.awaitRunning(Duration.ofSeconds(ENOUGH_S))) {
                return false;
            }
            send(
                    broker,
                    Topics.POLICIES,
                    "example",
                    Contracts.POLICY.encode(PolicyDocuments.of("example", POLICY, null)));
            Map<String, Long> before = ends(broker);
            String token = "t" + runs;
            for (long time : List.of(NOON, NOON, NOON + 60_000)) {
                byte[] event = Contracts.REQUEST.encode(Conversions.event(request(token, time)));
                send(broker, Topics.REQUESTS, token, event);
            }
            send(broker, Topics.REQUESTS, token, new byte[] {1});
            for (int i = 0; i < ENOUGH_S * 10 && enforcer.failure() == null; i++) {
                Map<String, Long> now = ends(broker);
                if (now.entrySet().stream().allMatch(end -> end.getValue() > before.getOrDefault(end.getKey(), 0L))) {
                    return enforcer.registry().policy("example") != null
                            && !enforcer.registry().blocks().isEmpty();
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            return false;
        }
    }

    @Test
    void shouldNeedEveryRightOfTheEnforcer() throws Exception {
        try (SecuredBroker broker = SecuredBroker.start(folder)) {
            // Given
            grant(broker, Role.ENFORCER, SecuredBroker.ENFORCER);
            List<Grant> creating = new ArrayList<>();
            List<Grant> others = new ArrayList<>();
            for (Grant grant : Role.ENFORCER.grants(NAMES)) {
                (grant.operation() == AclOperation.CREATE ? creating : others).add(grant);
            }
            List<Grant> some = others.stream()
                    .filter(grant ->
                            ALL || List.of("weir", "weir-", Topics.USAGE).contains(grant.name()))
                    .toList();

            // Then: rights to create are needed while there is nothing
            try (Admin admin = Admin.create(broker.client(SecuredBroker.ADMIN))) {
                for (Grant grant : creating) {
                    AclBinding binding = grant.to("User:" + SecuredBroker.ENFORCER);
                    admin.deleteAcls(List.of(binding.toFilter())).all().get();
                    assertThat(enforces(broker)).as("without %s", grant).isFalse();
                    admin.createAcls(List.of(binding)).all().get();
                }
            }
            assertThat(enforces(broker)).isTrue();
            tryWithout(broker, SecuredBroker.ENFORCER, some, grant -> enforces(broker));
        }
    }

    private static boolean answers(SecuredBroker broker) throws Exception {
        try (EdgeNode edge = EdgeNode.builder()
                .bootstrapServers(broker.bootstrapServers())
                .gateway("one")
                .timeout(Duration.ofSeconds(5))
                .plainTokens()
                .client(broker.client(SecuredBroker.GATEWAY))
                .build()) {
            return edge.awaitReady(Duration.ofSeconds(5))
                    && edge.decide(request("t-" + System.nanoTime(), NOON))
                                    .toCompletableFuture()
                                    .get(10, TimeUnit.SECONDS)
                                    .reason()
                            != Reason.UNAVAILABLE;
        } catch (TimeoutException unanswered) {
            return false;
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

    private static int operator(SecuredBroker broker, String... command) throws Exception {
        return broker.run(SecuredBroker.OPERATOR, command).exitCode();
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
            commands.put("READ " + Topics.DEAD_LETTERS, new String[] {"dead-letters", "list"});
            String[] retry = {"dead-letters", "retry", "--all"};
            commands.put("WRITE " + Topics.DEAD_LETTERS, retry);
            commands.put("WRITE " + Topics.REQUESTS, retry);
            commands.put("WRITE weir-dead-letters", retry);
            assertThat(operator(broker, "policy", "apply", policy.toString())).isZero();
            assertThat(operator(broker, commands.get("WRITE " + Topics.ENTITIES)))
                    .isZero();
            assertThat(operator(broker, commands.get("WRITE " + Topics.BLOCKLIST)))
                    .isZero();
            send(broker, Topics.REQUESTS, "t", Contracts.REQUEST.encode(Conversions.event(request("t", NOON))));

            // Then
            tryWithout(broker, SecuredBroker.OPERATOR, Role.OPERATOR.grants(NAMES), grant -> {
                // Something to retry for each that tries.
                long before = ends(broker).getOrDefault(Topics.DEAD_LETTERS, 0L);
                send(broker, Topics.REQUESTS, "t", new byte[] {2});
                LiveCluster.patiently().until(() -> ends(broker).getOrDefault(Topics.DEAD_LETTERS, 0L) > before);
                String[] command = commands.get(grant.operation() + " " + grant.name());
                assertThat(command).as("%s", grant).isNotNull();
                return operator(broker, command) == 0;
            });
        }
    }
}
