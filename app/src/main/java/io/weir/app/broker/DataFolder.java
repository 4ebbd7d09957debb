package io.weir.app.broker;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** The embedded broker's folder, held by one process at a time for as long as this is open. */
final class DataFolder implements Closeable {
    private static final String LOCK = "embedded.lock";

    private final Path broker;
    private final String clusterId;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path broker, String clusterId, FileChannel channel, FileLock lock) {
        this.broker = broker;
        this.clusterId = clusterId;
        this.channel = channel;
        this.lock = lock;
    }

    /** @throws BrokerException when the folder cannot be used, saying why */
    static DataFolder open(Path data, int nodeId) {
        Path broker = data.resolve("broker").toAbsolutePath().normalize();
        FileChannel channel;
        try {
            Files.createDirectories(broker);
            channel =
                    FileChannel.open(broker.resolveSibling(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new BrokerException(
                    "data folder " + data + ": expected a folder that can be written, found " + cause(e), e);
        }
        try {
            FileLock lock = lock(channel);
            if (lock == null) {
                throw new BrokerException(
                        "data folder " + data
                                + ": expected to be its only user, found another weir running on it; stop that one or"
                                + " choose another folder with --data",
                        null);
            }
            // Not only the lock file but also the folder below must be writable, and to say so is up to us:
            // the broker would end the process.
            Files.delete(Files.createTempFile(broker, "writable", ".probe"));
            return new DataFolder(broker, clusterId(data, broker, nodeId), channel, lock);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new BrokerException(
                    "data folder " + data + ": expected a folder that can be written, found " + cause(e), e);
        } catch (RuntimeException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** The id the folder was formatted with, or a new one where it has not been. */
    private static String clusterId(Path data, Path broker, int nodeId) throws IOException {
        Path meta = broker.resolve("meta.properties");
        if (!Files.exists(meta)) {
            return Uuid.randomUuid().toString();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(meta)) {
            properties.load(reader);
        }
        String node = properties.getProperty("node.id");
        String cluster = properties.getProperty("cluster.id");
        if (cluster == null || !Integer.toString(nodeId).equals(node)) {
            throw new BrokerException(
                    "data folder " + data + ": expected node " + nodeId + " of an embedded broker, found node " + node
                            + " of another Kafka cluster (" + cluster + "); choose another folder with --data",
                    null);
        }
        return cluster;
    }

    private static String cause(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The reason why the folder cannot be used is already on its way.
        }
    }

    Path broker() {
        return broker;
    }

    String clusterId() {
        return clusterId;
    }

    @Override
    public void close() {
        try {
            lock.release();
        } catch (IOException e) {
            // Closing the channel releases it, too.
        }
        closeQuietly(channel);
    }
}
