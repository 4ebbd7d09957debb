package io.weir.app.broker;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker in this process, a controller too, by its settings alone: the only one of its cluster, or one of several. The
 * one class that touches Kafka's internal server classes. Any thread may call it.
 */
public final class BrokerServer implements AutoCloseable {
    /** Name of the listener for controllers, in settings. */
    public static final String CONTROLLER = "CONTROLLER";

    private final KafkaRaftServer server;

    private BrokerServer(KafkaRaftServer server) {
        this.server = server;
    }

    /**
     * Formats the folder of {@code log.dirs} where it is new, starts the broker, and returns when it accepts clients.
     *
     * @param clusterId 22 characters of Base64, the same for all brokers of a cluster
     * @throws Exception as Kafka throws it when a setting is wrong or the folder cannot be used
     */
    public static BrokerServer start(Properties settings, String clusterId) throws Exception {
        String directory = settings.getProperty("log.dirs");
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(quiet)
                    .setNodeId(Integer.parseInt(settings.getProperty("node.id")))
                    .setClusterId(clusterId)
                    .addDirectory(directory)
                    .setMetadataLogDirectory(directory)
                    .setControllerListenerName(CONTROLLER)
                    .setIgnoreFormatted(true)
                    .run();
        }
        BrokerServer broker = new BrokerServer(new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM));
        try {
            broker.server.startup();
            return broker;
        } catch (Exception failed) {
            broker.close();
            throw failed;
        }
    }

    /** Waits until it has stopped. */
    public void awaitStopped() {
        server.awaitShutdown();
    }

    /** Stops it after it has written what it holds. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
