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
    private Duration staleAfter = Duration.ofSeconds(10);
    private Duration maxSkew = Duration.ofSeconds(1);
    private int capacity = 1 << 18;
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

    /**
     * From which age of its view on the edge does not know any more, so that policies that fail closed deny; by default 10 s.
     * The age is found out once a second.
     */
    public EdgeBuilder staleAfter(Duration age) {
        this.staleAfter = age;
        return this;
    }

    /** How far this machine's clock may be from the brokers' before health says so; by default 1 s. */
    public EdgeBuilder maxSkew(Duration distance) {
        this.maxSkew = distance;
        return this;
    }

    /**
     * Limits of keys that it can know at a time, by default 262,144: rounded up to a power of two. There is room for a
     * quarter as many keys, 284 bytes for each; one with more than five limits takes the room of two.
     */
    public EdgeBuilder capacity(int limits) {
        if (limits < 1 || limits > 1 << 24) {
            throw new IllegalArgumentException("capacity must be from 1 to " + (1 << 24) + ", but was " + limits);
        }
        this.capacity = Math.max(1 << 10, Integer.highestOneBit(2 * limits - 1));
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
                65_536,
                16_384,
                capacity,
                staleAfter,
                maxSkew,
                failClosed);
        EdgeNode edge = new EdgeNode(config, plainTokens ? null : tokens);
        edge.start();
        return edge;
    }
}
