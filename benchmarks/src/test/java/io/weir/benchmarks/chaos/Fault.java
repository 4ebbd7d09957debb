package io.weir.benchmarks.chaos;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** What goes wrong. Each is over when {@link #strike} returns, though the cluster may not have recovered. */
enum Fault {
    /** {@code kill -9} of an enforcer; it comes back a second later with what state it has. */
    KILL_ENFORCER {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            Node enforcer = any(cluster, random);
            killed(enforcer, () -> {}, 1_000);
        }
    },
    /** The same with its state folder lost. */
    WIPE_STATE {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            List<Integer> running = cluster.running();
            int id = running.get(random.nextInt(running.size()));
            killed(cluster.enforcer(id), () -> delete(cluster.data(id)), 500);
        }
    },
    /** An enforcer is frozen for longer than its session lasts, and wakes as a zombie. */
    FREEZE_ENFORCER {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            Node enforcer = any(cluster, random);
            enforcer.freeze();
            MILLISECONDS.sleep(SESSION_MS + 3_000);
            enforcer.wake();
        }
    },
    /** {@code kill -9} of the broker that coordinates the enforcers' group. */
    KILL_GROUP_COORDINATOR {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            int id = coordinator(cluster, random);
            killed(cluster.brokers().get(id), () -> {}, 2_000);
        }
    },
    /** {@code kill -9} of a broker that coordinates transactions that are open. */
    KILL_TRANSACTION_COORDINATOR {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            int id = transactions(cluster, random);
            killed(cluster.brokers().get(id), () -> {}, 2_000);
        }
    },
    /** A broker is shut down in order and stays away. */
    STOP_BROKER {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            Node broker = cluster.brokers().get(random.nextInt(ChaosCluster.BROKERS));
            synchronized (broker) {
                broker.end();
                MILLISECONDS.sleep(LONG ? 60_000 : 3_000);
                broker.start();
            }
        }
    },
    /** A broker is frozen for longer than its session lasts, and wakes. */
    FREEZE_BROKER {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            Node broker = cluster.brokers().get(random.nextInt(ChaosCluster.BROKERS));
            broker.freeze();
            MILLISECONDS.sleep(SESSION_MS + 1_000);
            broker.wake();
        }
    },
    /** An enforcer loses all brokers for longer than its session lasts. */
    CUT_OFF_ENFORCER {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            List<Integer> running = cluster.running();
            List<Wire> wires = cluster.wires(running.get(random.nextInt(running.size())));
            wires.forEach(Wire::cut);
            MILLISECONDS.sleep(SESSION_MS + 3_000);
            wires.forEach(Wire::heal);
        }
    },
    /** An enforcer and a broker do not reach each other. */
    CUT_ONE_WIRE {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            List<Integer> running = cluster.running();
            List<Wire> wires = cluster.wires(running.get(random.nextInt(running.size())));
            Wire wire = wires.get(random.nextInt(wires.size()));
            wire.cut();
            MILLISECONDS.sleep(SESSION_MS);
            wire.heal();
        }
    },
    /** All enforcers are started anew, one after the other. */
    ROLLING_RESTART {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            for (int id : cluster.running()) {
                Node enforcer = cluster.enforcer(id);
                synchronized (enforcer) {
                    long ms = enforcer.end();
                    if (ms > DRAIN_MS) {
                        throw new AssertionError(enforcer + ": expected to end within " + DRAIN_MS + " ms, took " + ms);
                    }
                    enforcer.start();
                }
                cluster.awaitWhole();
            }
        }
    },
    /** One enforcer does the work of all, then as many as there may be, then as many as before. */
    SCALE {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            List<Integer> before = cluster.running();
            for (int id : before.subList(1, before.size())) {
                end(cluster.enforcer(id));
            }
            MILLISECONDS.sleep(2_000);
            for (int id = 0; id < cluster.most(); id++) {
                Node enforcer = cluster.enforcer(id);
                synchronized (enforcer) {
                    if (!enforcer.running()) {
                        enforcer.start();
                    }
                }
            }
            cluster.awaitWhole();
            MILLISECONDS.sleep(2_000);
            for (int id : cluster.running()) {
                if (!before.contains(id)) {
                    end(cluster.enforcer(id));
                }
            }
        }
    },
    /**
     * The disk that an enforcer keeps its state on is full, and then it is started anew there: it can neither write down what
     * it has when it ends, nor begin. Needs a small file system of its own.
     */
    FULL_DISK {
        @Override
        void strike(ChaosCluster cluster, SplittableRandom random) throws Exception {
            Path filler = cluster.data(0).resolve("filler");
            Node enforcer = cluster.enforcer(0);
            try {
                fill(filler);
                MILLISECONDS.sleep(2_000);
                synchronized (enforcer) {
                    enforcer.end();
                    enforcer.start();
                }
                MILLISECONDS.sleep(8_000);
            } finally {
                Files.deleteIfExists(filler);
            }
        }
    };

    /** How long the cluster waits for an enforcer that says nothing. */
    static final int SESSION_MS = 6_000;

    /** How long an enforcer may take to end when asked: what {@code Enforcer.close} waits, and the process around it. */
    private static final long DRAIN_MS = 40_000;

    private static final boolean LONG = Boolean.getBoolean("weir.chaos.long");

    abstract void strike(ChaosCluster cluster, SplittableRandom random) throws Exception;

    /** Something to do with what a dead process left. */
    private interface Between {
        void run() throws IOException;
    }

    private static Node any(ChaosCluster cluster, SplittableRandom random) {
        List<Integer> running = cluster.running();
        return cluster.enforcer(running.get(random.nextInt(running.size())));
    }

    private static void killed(Node node, Between between, long awayMs) throws Exception {
        synchronized (node) {
            node.kill();
            between.run();
            MILLISECONDS.sleep(awayMs);
            node.start();
        }
    }

    private static void fill(Path filler) {
        byte[] block = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            // That is what was wanted.
        }
    }

    private static void end(Node node) throws InterruptedException {
        synchronized (node) {
            node.end();
        }
    }

    private static int coordinator(ChaosCluster cluster, SplittableRandom random) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            return admin.describeConsumerGroups(List.of("weir"))
                            .all()
                            .get()
                            .values()
                            .iterator()
                            .next()
                            .coordinator()
                            .id()
                    - 1;
        } catch (ExecutionException moving) {
            return random.nextInt(ChaosCluster.BROKERS);
        }
    }

    private static int transactions(ChaosCluster cluster, SplittableRandom random) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            return admin.listTransactions().allByBrokerId().get().entrySet().stream()
                            .max(Comparator.comparing(each -> each.getValue().size()))
                            .orElseThrow()
                            .getKey()
                    - 1;
        } catch (ExecutionException moving) {
            return random.nextInt(ChaosCluster.BROKERS);
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }
}
