package io.weir.topology.ingest;

import io.weir.schemas.FramingSettings;
import io.weir.topology.EnforcerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What the stream of a gateway's log needs to know.
 *
 * @param topic where the log is
 * @param fromLatest whether the first time reading begins at the log's end instead of its beginning
 * @param framing how records are framed
 * @param client settings for the Kafka clients, which win over the stream's own
 */
public record IngestConfig(
        String bootstrapServers,
        String topic,
        String applicationId,
        Path stateDir,
        boolean fromLatest,
        int threads,
        String guarantee,
        int commitIntervalMs,
        FramingSettings framing,
        Map<String, String> client) {

    /** The settings, their defaults and what they mean. Those that an enforcer has too are meant for both. */
    public static final ConfigDef DEFINITION = FramingSettings.define(new ConfigDef()
            .define(
                    "ingest.application.id",
                    Type.STRING,
                    "",
                    Importance.HIGH,
                    "Name of the group; processes of one name share a log. Empty: weir-ingest- and the gateway's name.")
            .define(
                    "ingest.from",
                    Type.STRING,
                    "earliest",
                    ValidString.in("earliest", "latest"),
                    Importance.MEDIUM,
                    "Where reading begins the first time: with all that the log holds, or with what comes.")
            .define("ingest.threads", Type.INT, 1, Range.between(1, 256), Importance.MEDIUM, "Stream threads.")
            .define(
                    "processing.guarantee",
                    Type.STRING,
                    StreamsConfig.EXACTLY_ONCE_V2,
                    ValidString.in(StreamsConfig.EXACTLY_ONCE_V2, StreamsConfig.AT_LEAST_ONCE),
                    Importance.MEDIUM,
                    "Whether each entry counts exactly once or at least once.")
            .define(
                    "commit.interval.ms",
                    Type.INT,
                    100,
                    Range.between(1, 60_000),
                    Importance.MEDIUM,
                    "How often transactions commit: what enforcers wait for."));

    /**
     * Reads settings.
     *
     * @throws org.apache.kafka.common.config.ConfigException naming the setting, what was expected and what was found
     */
    public static IngestConfig of(
            String bootstrapServers, String topic, String gateway, Path stateDir, Map<String, String> settings) {
        Map<String, String> client = new HashMap<>();
        Map<String, String> own = new HashMap<>(settings);
        own.keySet().removeIf(name -> name.startsWith(EnforcerConfig.CLIENT_PREFIX));
        settings.forEach((name, value) -> {
            if (name.startsWith(EnforcerConfig.CLIENT_PREFIX)) {
                client.put(name.substring(EnforcerConfig.CLIENT_PREFIX.length()), value);
            }
        });
        AbstractConfig read = new AbstractConfig(DEFINITION, own, false);
        String id = read.getString("ingest.application.id");
        return new IngestConfig(
                bootstrapServers,
                topic,
                id.isEmpty() ? "weir-ingest-" + gateway.replaceAll("[^a-zA-Z0-9._-]", "-") : id,
                stateDir,
                read.getString("ingest.from").equals("latest"),
                read.getInt("ingest.threads"),
                read.getString("processing.guarantee"),
                read.getInt("commit.interval.ms"),
                FramingSettings.of(read),
                Map.copyOf(client));
    }

    /** Settings for an admin client. */
    Map<String, Object> admin() {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return settings;
    }

    Properties streams() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitIntervalMs);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        settings.putAll(EnforcerConfig.PATIENCE);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
        // A dead letter carries its record and something more.
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 4 << 20);
        settings.putAll(client);
        return settings;
    }
}
