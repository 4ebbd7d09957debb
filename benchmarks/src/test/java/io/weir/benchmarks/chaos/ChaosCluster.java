package io.weir.benchmarks.chaos;

import static org.awaitility.Awaitility.await;

import io.weir.app.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Three brokers and some enforcers, each a process of its own; each enforcer reaches each broker by a wire of its own. Who
 * falls without being pushed is started again, as a supervisor would, and counted.
 */
final class ChaosCluster implements AutoCloseable {
    static final int BROKERS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Where another version is ({@code weir.jar} and {@code lib}), for the enforcers' first start. */
    private static final @Nullable String BEFORE = System.getProperty("weir.chaos.before");

    /** A process that lives for a minute or two is not worth the second compiler's time, which five of them have in common. */
    private static final List<String> BROKER_OPTIONS =
            List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final List<String> ENFORCER_OPTIONS =
            List.of("-Xms192m", "-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path folder;
    private final Ports ports;
    private final List<Node> brokers = new ArrayList<>();
    private final List<Node> enforcers = new ArrayList<>();
    private final List<List<Wire>> wires = new ArrayList<>();
    private final ScheduledExecutorService supervisor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "supervisor");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean closed;
    private volatile int fallen;

    /** @param most how many enforcers there may be at a time */
    ChaosCluster(Path folder, int most, Map<String, String> settings) throws IOException {
        this.folder = folder;
        this.ports = new Ports(BROKERS, most);
        Files.createDirectories(folder.resolve("none"));
        for (int broker = 0; broker < BROKERS; broker++) {
            brokers.add(broker(broker));
        }
        for (int enforcer = 0; enforcer < most; enforcer++) {
            List<Wire> own = new ArrayList<>();
            for (int broker = 0; broker < BROKERS; broker++) {
                String listener = Ports.wired(enforcer);
                own.add(new Wire(ports.reached(broker, listener), ports.listens(broker, listener)));
            }
            wires.add(own);
            enforcers.add(enforcer(enforcer, settings));
        }
    }

    private Node broker(int id) throws IOException {
        Path file = folder.resolve("broker" + id + ".properties");
        try (var writer = Files.newBufferedWriter(file)) {
            BrokerMain.settings(id, folder.resolve("broker" + id), ports).store(writer, null);
        }
        return new Node(
                "broker " + (id + 1),
                folder.resolve("broker" + id + ".log"),
                BrokerMain.READY,
                BROKER_OPTIONS,
                BrokerMain.class,
                List.of(file.toString()));
    }

    private Node enforcer(int id, Map<String, String> settings) throws IOException {
        Path file = folder.resolve("enforcer" + id + ".properties");
        Properties properties = new Properties();
        properties.putAll(settings);
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        List<String> args = List.of(
                "run",
                "--bootstrap-server",
                ports.bootstrap(Ports.wired(id)),
                "--config",
                file.toString(),
                "--data",
                data(id).toString(),
                "--policies",
                folder.resolve("none").toString(),
                "--no-admin");
        Node enforcer = new Node(
                "enforcer " + id,
                folder.resolve("enforcer" + id + ".log"),
                "deciding requests",
                ENFORCER_OPTIONS,
                Main.class,
                args);
        if (BEFORE != null) {
            enforcer.firstFrom(BEFORE + "/weir.jar:" + BEFORE + "/lib/*");
        }
        return enforcer;
    }

    /** Starts the brokers and so many enforcers, the first of which makes the topics. */
    void start(int running) throws InterruptedException {
        brokers.forEach(Node::start);
        await().atMost(PATIENCE).until(() -> brokers.stream().allMatch(Node::ready));
        enforcers.get(0).start();
        await().atMost(PATIENCE).until(enforcers.get(0)::ready);
        for (Node enforcer : enforcers.subList(1, running)) {
            enforcer.start();
        }
        var unused = supervisor.scheduleWithFixedDelay(this::supervise, 0, 500, TimeUnit.MILLISECONDS);
        awaitWhole();
    }

    private void supervise() {
        for (Node node : Stream.concat(brokers.stream(), enforcers.stream()).toList()) {
            synchronized (node) {
                if (!closed && node.fallen()) {
                    fallen++;
                    System.out.println("chaos: " + node + " has stopped by itself; started again");
                    node.start();
                }
            }
        }
    }

    /** Waits for a thread that is told to end. */
    static void join(Thread thread) {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until everything that is to run does. */
    void awaitWhole() {
        await().atMost(PATIENCE)
                .until(() -> Stream.concat(brokers.stream(), enforcers.stream())
                        .filter(Node::running)
                        .allMatch(Node::ready));
    }

    String bootstrapServers() {
        return ports.bootstrap(Ports.DIRECT);
    }

    List<Node> brokers() {
        return brokers;
    }

    /** The enforcers that are to run. */
    List<Integer> running() {
        List<Integer> running = new ArrayList<>();
        for (int i = 0; i < enforcers.size(); i++) {
            if (enforcers.get(i).running()) {
                running.add(i);
            }
        }
        return running;
    }

    Node enforcer(int id) {
        return enforcers.get(id);
    }

    int most() {
        return enforcers.size();
    }

    /** The wires of an enforcer, one to each broker. */
    List<Wire> wires(int enforcer) {
        return wires.get(enforcer);
    }

    /** Where an enforcer keeps its state. */
    Path data(int enforcer) {
        return data(folder, enforcer);
    }

    static Path data(Path folder, int enforcer) {
        return folder.resolve("data" + enforcer);
    }

    /** How often a process stopped by itself. */
    int fallen() {
        return fallen;
    }

    @Override
    public void close() {
        closed = true;
        supervisor.shutdown();
        await().atMost(PATIENCE).until(supervisor::isTerminated);
        wires.forEach(own -> own.forEach(Wire::heal));
        for (Node node : Stream.concat(enforcers.stream(), brokers.stream()).toList()) {
            if (node.running()) {
                node.destroy();
            }
        }
        wires.forEach(own -> own.forEach(Wire::close));
    }
}
