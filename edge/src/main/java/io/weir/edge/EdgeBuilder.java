package io.weir.edge;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of an edge. */
public final class EdgeBuilder {
    private String bootstrapServers = "localhost:9092";
    private Map<String, Object> client = Map.of();
    private String gateway = hostName();
    private int replyPartition = -1;
    private Duration timeout = Duration.ofMillis(500);
    private Duration linger = Duration.ofMillis(1);
    private boolean failClosed;
    private boolean plainTokens;
    private @Nullable TokenHash tokens;

    EdgeBuilder() {}

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "gateway";
        }
    }

    /** Where Kafka is, {@code HOST:PORT,…}; by default {@code localhost:9092}. */
    public EdgeBuilder bootstrapServers(String servers) {
        this.bootstrapServers = servers;
        return this;
    }

    /** Settings for the Kafka clients, such as those of security; they win over the edge's own. */
    public EdgeBuilder client(Map<String, ?> settings) {
        this.client = Map.copyOf(settings);
        return this;
    }

    /** The gateway's name, one of its own for each; by default the host's name. */
    public EdgeBuilder gateway(String name) {
        this.gateway = name;
        return this;
    }

    /** The partition of the decisions topic to await answers on; by default one chosen by the gateway's name. */
    public EdgeBuilder replyPartition(int partition) {
        this.replyPartition = partition;
        return this;
    }

    /** How long an awaited decision may take; by default 500 ms. */
    public EdgeBuilder timeout(Duration patience) {
        this.timeout = patience;
        return this;
    }

    /** How long events wait to be sent together where nobody awaits their decision; by default 1 ms. */
    public EdgeBuilder linger(Duration time) {
        this.linger = time;
        return this;
    }

    /** Whether to deny what cannot be decided where the domain's policy is not known; by default it is allowed. */
    public EdgeBuilder failClosed(boolean closed) {
        this.failClosed = closed;
        return this;
    }

    /** The key that tokens are hashed with before they leave: at least 16 bytes, the same at every edge of a domain. */
    public EdgeBuilder tokenHashKey(byte[] key) {
        this.tokens = TokenHash.of(key);
        return this;
    }

    /** Lets tokens leave as they are. */
    public EdgeBuilder plainTokens() {
        this.plainTokens = true;
        return this;
    }

    /**
     * Starts an edge. It finds the brokers and catches up in the background: see {@link EdgeNode#awaitReady}.
     *
     * @throws IllegalStateException when it is not said what is to become of tokens
     * @throws org.apache.kafka.common.KafkaException when the settings of the Kafka clients are wrong
     */
    public EdgeNode build() {
        if (tokens == null && !plainTokens) {
            throw new IllegalStateException(
                    "expected a tokenHashKey to hash tokens with before they leave, or plainTokens(), found neither");
        }
        EdgeConfig config = new EdgeConfig(
                bootstrapServers,
                client,
                gateway,
                replyPartition,
                timeout,
                linger,
                65_536,
                65_536,
                16 << 20,
                failClosed);
        EdgeNode edge = new EdgeNode(config, plainTokens ? null : tokens);
        edge.start();
        return edge;
    }
}
