package io.weir.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.benchmarks.load.WatchedEnforcer.Figures;
import io.weir.benchmarks.process.Child;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.schemas.avro.RequestEvent;
import io.weir.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/**
 * Tokens that are seen once and never again come to an enforcer with a small heap, with RocksDB on a real broker: memory and
 * disk stay within what lives, and who was there before is counted as if nothing had been.
 *
 * <p>{@code -Dweir.flood.tokens=10000000} is the long form, which then waits until they are gone: an entry lives for
 * five minutes after its window, and as much longer as gathers what is due.
 */
class FloodIT {
    private static final int TOKENS = Integer.getInteger("weir.flood.tokens", 100_000);
    private static final boolean LONG = TOKENS >= 1_000_000;

    /** How many come between two looks. */
    private static final int ROUND = Math.max(50_000, TOKENS / 20);

    /** Who was there before, with half of a day's limit used. */
    private static final int OLD = 1_000;

    private static final int BATCH = 100;
    private static final long START = 1_767_268_800_000L;
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:+UseSerialGC");
    private static final long MB = 1 << 20;

    /** What the process may take beside its heap: 12 stores of RocksDB, each with its cache and its write buffers. */
    private static final long MOST_MB = 256 + 12 * 100 + 300;

    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per 500 ms] }
              - { name: per-account, key: [account], limits: [4 per day] }
            """;

    private final List<String> report = new ArrayList<>();
    private long records;

    private static RequestEvent.Builder event(String id, long time) {
        return RequestEvent.newBuilder()
                .setRequestId(id)
                .setTimestamp(time)
                .setDomain("example")
                .setMethod("GET")
                .setPath("/");
    }

    /** Feeds and waits until it is decided. */
    private void feed(Cluster cluster, Iterable<RequestEvent> events) {
        try (Backlog backlog =
                new Backlog(cluster.bootstrapServers(), cluster.registry(), cluster.partitions(), BATCH)) {
            events.forEach(backlog::add);
            records += backlog.finish();
        }
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> cluster.committed(Topics.REQUESTS) >= records);
    }

    private static Iterable<RequestEvent> fromEach(String id, int hits, long time) {
        return () -> IntStream.range(0, OLD * hits)
                .mapToObj(i -> event(id + i, time).setAccount("a" + i % OLD).build())
                .iterator();
    }

    private static Iterable<RequestEvent> oneTimeTokens(int from, int to) {
        return () -> IntStream.range(from, to)
                .mapToObj(i ->
                        event("f" + i, START + i / 50).setToken("once-" + i).build())
                .iterator();
    }

    private static long resident(Child process) throws Exception {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    private long look(String when, Cluster cluster, Child enforcer, Path figures) throws Exception {
        long resident = resident(enforcer);
        Figures kept = Figures.read(figures);
        long changelogs = cluster.topicBytes().entrySet().stream()
                .filter(topic -> topic.getKey().endsWith("-changelog"))
                .mapToLong(Map.Entry::getValue)
                .sum();
        String line = when + ": " + resident + " MB resident, " + kept.entries() + " entries, " + kept.stored() / MB
                + " MB in RocksDB, " + changelogs / MB + " MB of changelogs";
        report.add(line);
        System.out.println("flood: " + line);
        return resident;
    }

    /** Allowed and denied of each account's decisions from there on. */
    private static Map<String, List<Boolean>> decided(Cluster cluster, Map<TopicPartition, Long> from) {
        Map<String, List<Boolean>> decided = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(cluster)) {
            consumer.assign(from.keySet());
            from.forEach(consumer::seek);
            await().atMost(PATIENCE).pollInSameThread().pollDelay(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    for (DecisionEvent each : Contracts.decisions(record.value())) {
                        decided.computeIfAbsent(
                                        String.valueOf(each.getRequestId()).replaceAll("\\D", ""),
                                        id -> new ArrayList<>())
                                .add("ALLOW".equals(String.valueOf(each.getOutcome())));
                    }
                });
                return decided.values().stream().mapToInt(List::size).sum() >= 3 * OLD;
            });
        }
        return decided;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Cluster cluster) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static Map<TopicPartition, Long> ends(Cluster cluster) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(cluster)) {
            return consumer.endOffsets(IntStream.range(0, cluster.partitions())
                    .mapToObj(partition -> new TopicPartition(Topics.DECISIONS, partition))
                    .toList());
        }
    }

    @Test
    void shouldStayWithinWhatLivesAndForgetNobody() throws Exception {
        try (Cluster cluster = Cluster.start(Map.of(), List.of(POLICY))) {
            Path figures = cluster.folder().resolve("figures");
            try (Child enforcer = WatchedEnforcer.start(
                    cluster.bootstrapServers(), cluster.folder().resolve("flooded"), figures, SMALL)) {
                // Given
                feed(cluster, fromEach("before", 2, START));
                look("before", cluster, enforcer, figures);

                // When
                long most = 0;
                long began = System.nanoTime();
                for (int token = 0; token < TOKENS; token += ROUND) {
                    feed(cluster, oneTimeTokens(token, Math.min(TOKENS, token + ROUND)));
                    long seconds = (System.nanoTime() - began) / 1_000_000_000;
                    most = Math.max(
                            most,
                            look(
                                    Math.min(TOKENS, token + ROUND) + " tokens, " + seconds + " s",
                                    cluster,
                                    enforcer,
                                    figures));
                }

                // Then: who was there has what was left, and no more
                Map<TopicPartition, Long> from = ends(cluster);
                feed(cluster, fromEach("after", 3, START + TOKENS / 50));
                Map<String, List<Boolean>> decided = decided(cluster, from);
                assertThat(decided.values().stream().flatMap(List::stream).filter(allowed -> allowed))
                        .hasSize(2 * OLD);
                for (int account = 0; account < OLD; account++) {
                    assertThat(List.of(account, account + OLD, account + 2 * OLD))
                            .extracting(i -> decided.get(Integer.toString(i)))
                            .containsExactly(List.of(true), List.of(true), List.of(false));
                }

                // And memory is what a heap of 256 MB and RocksDB take
                assertThat(most).isLessThan(MOST_MB);

                // And what nobody asks for again goes, in the time that the log tells: somebody has to go on
                if (LONG) {
                    int[] later = {0};
                    await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
                        feed(cluster, fromEach("later" + later[0]++, 1, START));
                        return Figures.read(figures).entries() <= 4 * OLD;
                    });
                    look("when all of them have died", cluster, enforcer, figures);
                }
            } finally {
                Files.write(Path.of("target", "flood-" + TOKENS + ".txt"), report);
            }
        }
    }
}
