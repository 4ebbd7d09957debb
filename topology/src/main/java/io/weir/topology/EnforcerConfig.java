package io.weir.topology;

import io.weir.schemas.FramingSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What an enforcer needs to know.
 *
 * @param partitions how many partitions the topics get that are created; existing ones keep theirs
 * @param replication replicas of topics that are created; -1 is the broker's default
 * @param bounds which timestamps are refused
 * @param framing how records are framed
 * @param server {@code HOST:PORT} at which others of the group reach what this one has to say, or empty
 * @param hotEntries how many entries of usage stand on the heap, per task; -1 is what a quarter of it holds
 * @param hotDirty how many of them may differ from the changelog
 * @param client settings for the Kafka clients, which win over the enforcer's own
 */
public record EnforcerConfig(
        String bootstrapServers,
        String applicationId,
        Path stateDir,
        int partitions,
        short replication,
        int threads,
        String guarantee,
        int commitIntervalMs,
        int lingerMs,
        int standbys,
        TimeBounds bounds,
        FramingSettings framing,
        String server,
        int hotEntries,
        int hotDirty,
        Map<String, String> client) {

    /** Prefix of settings that go to the Kafka clients as they are. */
    public static final String CLIENT_PREFIX = "kafka.";

    /**
     * How long Weir's streams wait for who does not answer. A process that was killed is missed after 10 s instead of 45; who
     * is asked and does not answer, such as a broker that hangs with its connections open, is given up after 15 s instead of
     * 30: what is sent again is taken once. Without a prefix, so that {@code kafka.<name>} wins.
     */
    public static final Map<String, Integer> PATIENCE = Map.of(
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000,
            CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 15_000);

    /** The settings, their defaults and what they mean. */
    public static final ConfigDef DEFINITION = FramingSettings.define(
            new ConfigDef()
                    .define(
                            "application.id",
                            Type.STRING,
                            "weir",
                            Importance.HIGH,
                            "Name of the enforcer's group; enforcers of one" + " name share the work.")
                    .define(
                            "partitions",
                            Type.INT,
                            4,
                            Range.between(1, 10_000),
                            Importance.HIGH,
                            "Partitions of topics that are" + " created: the most tasks that can share the work.")
                    .define(
                            "replication.factor",
                            Type.SHORT,
                            (short) -1,
                            Importance.HIGH,
                            "Replicas of topics that are created;" + " -1 is the broker's default.")
                    .define("threads", Type.INT, 2, Range.between(1, 256), Importance.MEDIUM, "Stream threads.")
                    .define(
                            "processing.guarantee",
                            Type.STRING,
                            StreamsConfig.EXACTLY_ONCE_V2,
                            ValidString.in(StreamsConfig.EXACTLY_ONCE_V2, StreamsConfig.AT_LEAST_ONCE),
                            Importance.MEDIUM,
                            "Whether each event counts exactly once or at least once.")
                    .define(
                            "commit.interval.ms",
                            Type.INT,
                            100,
                            Range.between(1, 60_000),
                            Importance.MEDIUM,
                            "How often"
                                    + " transactions commit: what readers of committed decisions wait for and, at a busy enforcer,"
                                    + " requests that visit a second subject.")
                    .define(
                            "linger.ms",
                            Type.INT,
                            1,
                            Range.between(0, 1_000),
                            Importance.LOW,
                            "How long decisions wait to be sent" + " together.")
                    .define(
                            "standby.replicas",
                            Type.INT,
                            0,
                            Range.between(0, 8),
                            Importance.LOW,
                            "Warm copies of each task's state" + " on other enforcers.")
                    .define(
                            "max.ahead.ms",
                            Type.LONG,
                            0L,
                            Range.atLeast(0),
                            Importance.MEDIUM,
                            "How far ahead of the log's time an" + " event may be stamped; 0 is any.")
                    .define(
                            "max.age.ms",
                            Type.LONG,
                            0L,
                            Range.atLeast(0),
                            Importance.MEDIUM,
                            "How far behind the log's time an" + " event may be stamped; 0 is any.")
                    .define(
                            "application.server",
                            Type.STRING,
                            "",
                            Importance.MEDIUM,
                            "HOST:PORT of the admin API as other enforcers of the group reach it.")
                    .define(
                            "hot.entries",
                            Type.INT,
                            -1,
                            Range.atLeast(-1),
                            Importance.LOW,
                            "Subjects per partition whose usage stands"
                                    + " on the heap, about 250 bytes each; -1 is what a quarter of the"
                                    + " heap holds, 0 none: then every record writes what it changes to RocksDB.")
                    .define(
                            "hot.dirty",
                            Type.INT,
                            10_000,
                            Range.atLeast(1),
                            Importance.LOW,
                            "How many of them may differ from the changelog:"
                                    + " what a commit has to write at most. Fewer give shorter commits, more give fewer writes."));

    /**
     * Reads settings.
     *
     * @throws org.apache.kafka.common.config.ConfigException naming the setting, what was expected and what was found
     */
    public static EnforcerConfig of(String bootstrapServers, Path stateDir, Map<String, String> settings) {
        Map<String, String> own = new HashMap<>();
        Map<String, String> client = new HashMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(CLIENT_PREFIX)) {
                client.put(name.substring(CLIENT_PREFIX.length()), value);
            } else {
                own.put(name, value);
            }
        });
        AbstractConfig read = new AbstractConfig(DEFINITION, own, false);
        return new EnforcerConfig(
                bootstrapServers,
                read.getString("application.id"),
                stateDir,
                read.getInt("partitions"),
                read.getShort("replication.factor"),
                read.getInt("threads"),
                read.getString("processing.guarantee"),
                read.getInt("commit.interval.ms"),
                read.getInt("linger.ms"),
                read.getInt("standby.replicas"),
                new TimeBounds(read.getLong("max.ahead.ms"), read.getLong("max.age.ms")),
                FramingSettings.of(read),
                read.getString("application.server"),
                read.getInt("hot.entries"),
                read.getInt("hot.dirty"),
                Map.copyOf(client));
    }

    /** What an entry takes on the heap in its stored form, in bytes, with its key, four limits and its place. */
    private static final int ENTRY_BYTES = 280;

    /**
     * What each task may keep on the heap.
     *
     * @param tasks how many there may be in this process at most
     * @param heap the largest heap, in bytes
     */
    HotState hot(int tasks, long heap) {
        long fits = Math.min(Math.max(heap / 4 / ENTRY_BYTES / tasks, 1_000), 4_000_000);
        int entries = hotEntries < 0 ? (int) fits : hotEntries;
        return entries < 2 ? HotState.NONE : new HotState(entries, Math.min(hotDirty, entries / 2));
    }

    /** Settings for an admin client. */
    Map<String, Object> admin() {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return settings;
    }

    /** Settings for Kafka Streams and its clients. */
    public Properties streams() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, server);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitIntervalMs);
        // How long an idle thread waits before it looks at what is due, commits among them.
        settings.put(StreamsConfig.POLL_MS_CONFIG, EarlyCommit.PACE.toMillis());
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) replication);
        // Neither topic waits for the other: a subject's order is the order of arrival.
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, HistoryStorage.class);
        settings.putAll(PATIENCE);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), lingerMs);
        // While one request is on its way the next one fills: under load there are fewer, at rest none waits.
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), TopicLayouts.MAX_RECORD);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2_000);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 4 << 20);
        // After each commit the broker asks to wait until its marks are written, which takes a few ms, not 100.
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 5);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        settings.putAll(client);
        return settings;
    }
}
