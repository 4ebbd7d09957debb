package io.weir.benchmarks.chaos;

import io.weir.app.broker.BrokerServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** One of several brokers, each controller too; told by a file of its settings. */
final class BrokerMain {
    static final String READY = "broker ready";

    private static final String CLUSTER_ID = "d2Vpci1jaGFvcy1jbHVzdA";

    private BrokerMain() {}

    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        try (var reader = Files.newBufferedReader(Path.of(args[0]))) {
            settings.load(reader);
        }
        BrokerServer broker = BrokerServer.start(settings, CLUSTER_ID);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        System.out.println(READY);
        broker.awaitStopped();
    }

    /** The settings of broker {@code id} of as many as there are ports. */
    static Properties settings(int id, Path logs, Ports ports) {
        Properties settings = new Properties();
        StringBuilder voters = new StringBuilder();
        for (int other = 0; other < ports.brokers(); other++) {
            voters.append(other == 0 ? "" : ",")
                    .append(other + 1)
                    .append("@127.0.0.1:")
                    .append(ports.controller(other));
        }
        StringBuilder listeners = new StringBuilder("CONTROLLER://127.0.0.1:" + ports.controller(id));
        StringBuilder advertised = new StringBuilder();
        StringBuilder protocols = new StringBuilder("CONTROLLER:PLAINTEXT");
        for (String listener : ports.listeners()) {
            listeners.append(',').append(listener).append("://127.0.0.1:").append(ports.listens(id, listener));
            advertised
                    .append(advertised.isEmpty() ? "" : ",")
                    .append(listener)
                    .append("://127.0.0.1:")
                    .append(ports.reached(id, listener));
            protocols.append(',').append(listener).append(":PLAINTEXT");
        }
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(id + 1));
        settings.put("controller.quorum.voters", voters.toString());
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", Ports.DIRECT);
        settings.put("listeners", listeners.toString());
        settings.put("advertised.listeners", advertised.toString());
        settings.put("listener.security.protocol.map", protocols.toString());
        settings.put("log.dirs", logs.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("default.replication.factor", "3");
        settings.put("min.insync.replicas", "2");
        for (String topic : List.of("offsets.topic", "transaction.state.log")) {
            settings.put(topic + ".replication.factor", "3");
            settings.put(topic + ".num.partitions", "3");
        }
        settings.put("transaction.state.log.min.isr", "2");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // Soon enough for a test: a broker that is gone is known to be after 4 s, one that lags after 5.
        settings.put("broker.session.timeout.ms", "4000");
        settings.put("broker.heartbeat.interval.ms", "1000");
        settings.put("replica.lag.time.max.ms", "5000");
        settings.put("controller.quorum.election.timeout.ms", "500");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        return settings;
    }
}
