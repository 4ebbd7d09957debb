package io.weir.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Roles;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.schemas.avro.LimitUsage;
import io.weir.schemas.avro.RequestEvent;
import io.weir.topology.TooLate;
import io.weir.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/**
 * Enforcers are killed ({@code kill -9}) in mid-flow, with and without their state left behind, and every event is counted
 * exactly once: of each subject's decisions no two tell the same remaining hits, and none is missing. A store that writes
 * back too late, the control, fails that.
 *
 * <p>{@code -Dweir.kill.events=5000000 -Dweir.kill.times=10} is the long form.
 */
class KillIT {
    private static final int EVENTS = Integer.getInteger("weir.kill.events", 150_000);
    private static final int KILLS = Integer.getInteger("weir.kill.times", 2);
    private static final int SUBJECTS = 3_000;
    private static final int BATCH = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** A zombie's partitions and transactions are taken over soon. */
    private static final Map<String, String> SETTINGS = Map.of(
            "kafka.session.timeout.ms", "6000",
            "kafka.heartbeat.interval.ms", "1000",
            "kafka.producer.transaction.timeout.ms", "6000");

    private static final String POLICY =
            "policy: example\nrules:\n  - name: all\n    key: [token]\n    limits: [1000000 per day, 2000000 per week]\n";

    @Test
    void shouldCountEveryEventOnceWhenEnforcersAreKilled() throws Exception {
        try (Cluster cluster = Cluster.start(SETTINGS, List.of(POLICY))) {
            // When
            killed(cluster, state -> Roles.enforcer(cluster.bootstrapServers(), state, cluster.settings("weir")));

            // Then
            assertThat(wrong(cluster)).isZero();
        }
    }

    @Test
    void shouldCountEveryEventOnceWithNothingOnTheHeap() throws Exception {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("hot.entries", "0");
        try (Cluster cluster = Cluster.start(settings, List.of(POLICY))) {
            // When
            killed(cluster, state -> Roles.enforcer(cluster.bootstrapServers(), state, cluster.settings("weir")));

            // Then
            assertThat(wrong(cluster)).isZero();
        }
    }

    @Test
    void shouldFindThatTooLateIsTooLate() throws Exception {
        try (Cluster cluster = Cluster.start(SETTINGS, List.of(POLICY))) {
            // When
            killed(cluster, state -> tooLate(cluster, state));

            // Then
            assertThat(wrong(cluster)).isPositive();
        }
    }

    private static Child tooLate(Cluster cluster, Path state) {
        String[] args = new String[2 + SETTINGS.size()];
        args[0] = cluster.bootstrapServers();
        args[1] = state.toString();
        int next = 2;
        for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
            args[next++] = setting.getKey() + "=" + setting.getValue();
        }
        return Child.start(cluster.folder().resolve("control.log"), List.of("-Xmx512m"), TooLate.class, args);
    }

    /** Has all events decided by enforcers of which all but the last are killed; every second one loses its state. */
    private static void killed(Cluster cluster, Function<Path, Child> enforcer) throws Exception {
        long records = load(cluster);
        for (int kill = 0; kill <= KILLS; kill++) {
            Child child = enforcer.apply(cluster.folder().resolve("state" + kill / 2));
            long until = records * (kill + 1) / (KILLS + 1);
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> cluster.committed(Topics.REQUESTS) >= until);
            if (kill < KILLS) {
                child.kill();
            } else {
                child.close();
            }
        }
    }

    private static long load(Cluster cluster) {
        SplittableRandom random = new SplittableRandom(3);
        try (Backlog backlog =
                new Backlog(cluster.bootstrapServers(), cluster.registry(), cluster.partitions(), BATCH)) {
            for (int i = 0; i < EVENTS; i++) {
                backlog.add(RequestEvent.newBuilder()
                        .setRequestId("r" + i)
                        .setTimestamp(1_700_000_000_000L + i % 1000)
                        .setDomain("example")
                        .setMethod("GET")
                        .setPath("/")
                        .setToken("t" + random.nextInt(SUBJECTS))
                        .build());
            }
            return backlog.finish();
        }
    }

    /** How many of the committed decisions are missing, twice there, or tell a count that another one told. */
    private static int wrong(Cluster cluster) throws Exception {
        Set<String> ids = new HashSet<>();
        Map<String, Set<Long>> remaining = new HashMap<>();
        int wrong = 0;
        for (DecisionEvent decision : decisions(cluster)) {
            wrong += ids.add(String.valueOf(decision.getRequestId())) ? 0 : 1;
            LimitUsage binding = decision.getBinding();
            long left = binding == null ? -1 : binding.getRemaining();
            wrong += remaining
                            .computeIfAbsent(String.valueOf(decision.getSubject()), first -> new HashSet<>())
                            .add(left)
                    ? 0
                    : 1;
        }
        for (Set<Long> counts : remaining.values()) {
            long least = counts.stream().mapToLong(Long::longValue).min().orElseThrow();
            wrong += least == 1_000_000 - counts.size() ? 0 : 1;
        }
        return wrong + EVENTS - ids.size();
    }

    private static List<DecisionEvent> decisions(Cluster cluster) throws Exception {
        List<DecisionEvent> decisions = new java.util.ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.DECISIONS).stream()
                    .map(each -> new TopicPartition(Topics.DECISIONS, each.partition()))
                    .toList();
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            partitions.forEach(partition -> asked.put(partition, OffsetSpec.latest()));
            Map<TopicPartition, Long> ends = new HashMap<>();
            cluster.admin()
                    .listOffsets(asked)
                    .all()
                    .get()
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(PATIENCE).pollInSameThread().pollDelay(Duration.ZERO).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    decisions.addAll(Contracts.decisions(record.value()));
                }
                return partitions.stream()
                        .allMatch(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
            });
        }
        return decisions;
    }
}
