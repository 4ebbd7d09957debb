package io.weir.app.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * A one-node Kafka cluster in this process: broker and controller, on loopback only, with its data in a folder that
 * survives restarts. Meant for trials, demos, tests and single machines: there is no replication.
 *
 * <p>Topics keep records by the time they were appended unless they say otherwise, because event time here may lie years
 * back and retention would remove such records at once. Any
 * thread may call it.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int NODE_ID = 1;
    private static final String CONTROLLER = BrokerServer.CONTROLLER;

    /** Name of the listener for clients and for the broker itself, in settings of its own. */
    static final String CLIENTS = "CLIENTS";

    private final BrokerServer server;
    private final DataFolder folder;
    private final int port;
    private boolean closed;

    private EmbeddedBroker(BrokerServer server, DataFolder folder, int port) {
        this.server = server;
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts the broker and returns when it accepts clients, in about 2 s.
     *
     * @param data the folder to keep data under, created where there is none
     * @param port the port on 127.0.0.1 to listen on, or 0 for any free one
     * @throws BrokerException when the port is in use or the folder cannot be used
     */
    public static EmbeddedBroker start(Path data, int port) {
        return start(data, port, Map.of());
    }

    /**
     * Starts a broker that differs, such as one that demands TLS and knows its users.
     *
     * @param more settings of Kafka's, which win over those made here; the listener for clients is {@code CLIENTS}
     */
    public static EmbeddedBroker start(Path data, int port, Map<String, String> more) {
        int listen = freePort(port);
        DataFolder folder = DataFolder.open(data, NODE_ID);
        try {
            Properties settings = settings(folder.broker(), listen, freePort(0));
            settings.putAll(more);
            return new EmbeddedBroker(BrokerServer.start(settings, folder.clusterId()), folder, listen);
        } catch (Exception e) {
            folder.close();
            throw new BrokerException(
                    "embedded broker: expected to start on " + HOST + ":" + listen + " with data folder " + data
                            + ", found " + e,
                    e);
        }
    }

    public int port() {
        return port;
    }

    /** What clients take as {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** Stops the broker after it has written what it holds. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.close();
            folder.close();
        }
    }

    /** Asked for here because a broker that cannot bind its port ends the process. */
    private static int freePort(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (IOException | IllegalArgumentException e) {
            throw new BrokerException(
                    "port " + port + " on " + HOST + ": expected a free port for the embedded broker, found "
                            + e.getMessage() + "; stop what listens there, or use it with --bootstrap-server " + HOST
                            + ":" + port + " if it is a Kafka broker",
                    e);
        }
    }

    private static Properties settings(Path logs, int port, int controllerPort) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        settings.put("inter.broker.listener.name", CLIENTS);
        String clients = CLIENTS + "://" + HOST + ":" + port;
        settings.put("listeners", clients + "," + CONTROLLER + "://" + HOST + ":" + controllerPort);
        settings.put("advertised.listeners", clients);
        settings.put("log.dirs", logs.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("log.message.timestamp.type", "LogAppendTime");
        // One node: nothing to replicate to, and a few partitions instead of 50 spare a few hundred files.
        settings.put("default.replication.factor", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "2");
        return settings;
    }
}
