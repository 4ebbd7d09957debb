package io.weir.edge;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * What an edge needs to know about where it is.
 *
 * @param client settings for the Kafka clients, which win over the edge's own
 * @param gateway its name, in every event it feeds
 * @param replyPartition of the decisions topic; -1 is one chosen by the gateway's name
 * @param timeout how long an awaited decision may take
 * @param linger how long events wait to be sent together
 * @param awaited the most requests that await their decision at a time
 * @param queue the most events that wait to be fed, a power of two
 * @param unacknowledged the most bytes of events that are sent and not yet acknowledged
 * @param backlog the most sums, and the most other events, kept while nothing can be sent
 * @param lessons the most answers that the edge waits for to learn from
 * @param capacity limits of keys that it can know at a time, a power of two; a quarter as many keys of up to five
 *     limits, each of which takes 284 bytes
 * @param staleAfter from which age of its view on it does not know any more
 * @param maxSkew how far its clock may be from the brokers' before its health says so
 * @param failClosed what a domain whose policy is not known yet is answered with when no decision comes
 */
record EdgeConfig(
        String bootstrapServers,
        Map<String, Object> client,
        String gateway,
        int replyPartition,
        Duration timeout,
        Duration linger,
        int awaited,
        int queue,
        long unacknowledged,
        int backlog,
        int lessons,
        int capacity,
        Duration staleAfter,
        Duration maxSkew,
        boolean failClosed) {

    /** The most a reader waits for records, in ms: each new record ends the wait. */
    private static final int FETCH_WAIT_MS = 500;

    private static final int BACKOFF_MS = 50;
    private static final int MAX_BACKOFF_MS = 1_000;

    EdgeConfig {
        client = Map.copyOf(client);
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, but was " + timeout);
        }
        if (staleAfter.isNegative() || staleAfter.isZero()) {
            throw new IllegalArgumentException("staleAfter must be positive, but was " + staleAfter);
        }
        if (replyPartition < -1) {
            throw new IllegalArgumentException("replyPartition must be 0 or more, but was " + replyPartition);
        }
    }

    private Map<String, Object> common(String role) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "weir-edge-" + gateway + "-" + role);
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, BACKOFF_MS);
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, MAX_BACKOFF_MS);
        settings.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, BACKOFF_MS);
        settings.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, MAX_BACKOFF_MS);
        return settings;
    }

    /** Reads what is not committed yet: what an aborted transaction said is said again. */
    Map<String, Object> consumer(String role) {
        Map<String, Object> settings = common(role);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.putAll(client);
        return settings;
    }

    /** Never gives up on a record by itself: what is not acknowledged stays in the bounded buffer. */
    Map<String, Object> producer() {
        Map<String, Object> settings = common("feed");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // While one request is on its way the next one fills.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2 * unacknowledged + (8 << 20));
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        // While no broker answers, clients forget what they knew of topics, and a send waits to learn it again.
        settings.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Long.toString(TimeUnit.DAYS.toMillis(1)));
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 50);
        settings.putAll(client);
        return settings;
    }
}
