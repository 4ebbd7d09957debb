package io.weir.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.edge.EdgeNode;
import io.weir.engine.decide.Block;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.Contracts;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers and two enforcers lose processes, connections, disks and state while two edges go on feeding, and in the end
 * every event has one decision, the right one, every counter is what the engine says, every block is on the list and ends.
 *
 * <p>{@code -Dweir.chaos.long=true} strikes with every kind of fault, {@code -Dweir.chaos.rounds=N} times each;
 * {@code -Dweir.chaos.seed=N} in another order; {@code -Dweir.chaos.faults=FREEZE_BROKER,SCALE} with these alone; {@code -Dweir.chaos.standbys=1} with warm copies of state; {@code -Dweir.chaos.before=FOLDER} with
 * enforcers of another version at first, which a {@code ROLLING_RESTART} brings to this one.
 */
class ChaosIT {
    private static final boolean LONG = Boolean.getBoolean("weir.chaos.long");
    private static final String CHOSEN = System.getProperty("weir.chaos.faults", "");
    private static final long SEED = Long.getLong("weir.chaos.seed", 1);
    private static final int ROUNDS = Integer.getInteger("weir.chaos.rounds", 1);
    private static final int STANDBYS = Integer.getInteger("weir.chaos.standbys", 0);

    /** Events of each edge: in the short form what three brokers on two slow cores decide without being busy all the time. */
    private static final int PER_SECOND = Integer.getInteger("weir.chaos.rate", LONG ? 150 : 60);

    private static final int PARTITIONS = 4;
    private static final int EDGES = 2;
    private static final int ENFORCERS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration RECOVERED = Duration.ofSeconds(3);

    /** What strikes in the short form, where enforcers are killed by a test of their own. */
    private static final List<Fault> FEW = List.of(Fault.KILL_GROUP_COORDINATOR, Fault.CUT_OFF_ENFORCER);

    private static final Map<String, String> SETTINGS = Map.of(
            "partitions", Integer.toString(PARTITIONS),
            "standby.replicas", Integer.toString(STANDBYS),
            "threads", "1",
            "linger.ms", "5",
            "kafka.session.timeout.ms", Integer.toString(Fault.SESSION_MS),
            "kafka.heartbeat.interval.ms", "1000",
            "kafka.producer.transaction.timeout.ms", Integer.toString(Fault.SESSION_MS));

    @TempDir
    private Path folder;

    private final ConcurrentMap<String, String> expected = new ConcurrentHashMap<>();
    private final List<Edge> edges = new ArrayList<>();
    private final ChaosReport report = new ChaosReport();

    /** Every kind of fault in seeded order; a full disk only where there is a small file system to fill. */
    private static List<Fault> faults(SplittableRandom random, boolean disk) {
        List<Fault> faults = new ArrayList<>();
        for (int round = 0; round < (LONG ? ROUNDS : 1); round++) {
            List<Fault> all = new ArrayList<>(LONG ? List.of(Fault.values()) : FEW);
            if (!CHOSEN.isEmpty()) {
                all = Arrays.stream(CHOSEN.split(","))
                        .map(Fault::valueOf)
                        .collect(Collectors.toCollection(ArrayList::new));
            }
            if (!disk) {
                all.remove(Fault.FULL_DISK);
            }
            while (!all.isEmpty()) {
                faults.add(all.remove(random.nextInt(all.size())));
            }
        }
        return faults;
    }

    /** A file system of 24 MB for the first enforcer's state, where this user may mount one. */
    private static boolean smallDisk(Path data) throws Exception {
        Files.createDirectories(data);
        return LONG
                && System.getProperty("user.name").equals("root")
                && new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", data.toString())
                                .start()
                                .waitFor()
                        == 0;
    }

    private void strike(ChaosCluster cluster, Witness witness, SplittableRandom random, boolean disk) throws Exception {
        for (Fault fault : faults(random, disk)) {
            long begin = System.nanoTime();
            fault.strike(cluster, random);
            cluster.awaitWhole();
            await().atMost(PATIENCE).until(() -> witness.hears(RECOVERED));
            long silent = witness.silence(begin, System.nanoTime());
            report.add(fault, silent);
            System.out.println("chaos: " + fault + ", silent for up to " + silent + " ms");
        }
    }

    private static void apply(String bootstrapServers) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String yaml : List.of(Workload.SINGLE, Workload.PAIR)) {
                String domain = PolicyReader.read("policy", yaml).domain();
                var unused = producer.send(new ProducerRecord<>(
                        Topics.POLICIES,
                        domain.getBytes(StandardCharsets.UTF_8),
                        Contracts.POLICY.encode(PolicyDocuments.of(domain, yaml, null))));
            }
        }
    }

    private void feed(ChaosCluster cluster) {
        for (int edge = 0; edge < EDGES; edge++) {
            Workload workload = new Workload(SEED, edge, PARTITIONS);
            edges.add(new Edge(cluster.bootstrapServers(), workload, expected, PER_SECOND));
        }
        edges.forEach(Edge::start);
    }

    @Test
    void shouldDecideEveryEventOnceAndRightWhateverFails() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Path data = ChaosCluster.data(folder, 0);
        boolean disk = smallDisk(data);
        try (ChaosCluster cluster = new ChaosCluster(folder, LONG ? 3 : ENFORCERS, SETTINGS)) {
            run(cluster, random, disk);
        } finally {
            edges.forEach(Edge::close);
            if (disk) {
                new ProcessBuilder("umount", "-l", data.toString()).start().waitFor();
            }
        }
    }

    private void run(ChaosCluster cluster, SplittableRandom random, boolean disk) throws Exception {
        // Given
        cluster.start(ENFORCERS);
        apply(cluster.bootstrapServers());
        try (EdgeNode node = EdgeNode.builder()
                        .bootstrapServers(cluster.bootstrapServers())
                        .gateway("onlooker")
                        .plainTokens()
                        .build();
                Witness witness = new Witness(cluster.bootstrapServers(), expected, PARTITIONS, node)) {
            await().atMost(PATIENCE).until(() -> node.registry().policies().size() == 2);
            witness.start();
            feed(cluster);
            await().atMost(PATIENCE).until(() -> witness.hears(RECOVERED));

            // When
            strike(cluster, witness, random, disk);
            for (Edge edge : edges) {
                edge.stop();
            }
            await().atMost(PATIENCE).until(() -> witness.missing() == 0);
            edges.forEach(edge -> edge.send(edge.workload().questions()));
            await().atMost(PATIENCE).until(() -> witness.missing() == 0);

            // Then
            List<Block> blocks = edges.stream()
                    .flatMap(edge -> edge.workload().blocks().stream())
                    .toList();
            String summary = "seed " + SEED + ", " + STANDBYS + " standbys: " + expected.size() + " events, "
                    + witness.missing() + " lost, " + witness.duplicated() + " duplicated, " + witness.wrong()
                    + " wrong, " + blocks.size() + " blocks, " + cluster.fallen() + " processes stopped by themselves";
            String text = report.text(summary);
            System.out.println(text);
            Files.writeString(Path.of("target", "chaos-" + SEED + "-" + STANDBYS + ".txt"), text);
            assertThat(witness.wrongs()).isEmpty();
            assertThat(witness.duplicated()).isZero();
            assertThat(blocks).isNotEmpty();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(witness.listed()).containsAll(blocks));

            // And when all of them have ended
            edges.forEach(edge -> edge.send(edge.workload().later()));
            await().atMost(PATIENCE)
                    .until(() ->
                            witness.missing() == 0 && node.registry().blocks().isEmpty());
            assertThat(witness.wrongs()).isEmpty();
        }
    }
}
