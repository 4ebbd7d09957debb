package io.weir.topology;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The topics, with what each must be like for the topology to be right. */
public final class Topics {
    /** Request events, one or a batch per record, keyed by the partition attribute's value. */
    public static final String REQUESTS = "weir.requests";
    /** Requests on their way to a further subject, refunds and strikes; keyed by the subject's value. */
    public static final String VISITS = "weir.visits";
    /** Every decision, one or a batch per record. */
    public static final String DECISIONS = "weir.decisions";
    /** Who is denied until when: compacted. */
    public static final String BLOCKLIST = "weir.blocklist";
    /** Windowed usage, for history and plots. */
    public static final String USAGE = "weir.usage";
    /** What could not be processed, and why. */
    public static final String DEAD_LETTERS = "weir.dead-letters";
    /** Policies by domain: compacted. */
    public static final String POLICIES = "weir.policies";
    /** Entities by {@code type/id}: compacted. */
    public static final String ENTITIES = "weir.entities";

    private Topics() {}

    /**
     * A topic's layout.
     *
     * @param partitioned whether it has as many partitions as the requests; else it has one
     * @param config the settings it is created with; those of {@link #required} must hold on an existing topic too
     */
    public record Layout(String name, boolean partitioned, Map<String, String> config) {
        /** The settings without which state or events would be lost. */
        public Map<String, String> required() {
            return Map.of(
                    CLEANUP, config.getOrDefault(CLEANUP, "delete"), TIMESTAMPS, config.getOrDefault(TIMESTAMPS, ""));
        }
    }

    private static final String CLEANUP = "cleanup.policy";
    private static final String TIMESTAMPS = "message.timestamp.type";
    private static final String APPEND_TIME = "LogAppendTime";

    /**
     * The largest record written, in bytes. Requests are at most 1 MiB, the brokers' default; what comes of one (its dead
     * letter, its visit, the entry under its key) carries it whole and something more.
     */
    static final int MAX_RECORD = 4 << 20;

    static final String MAX_RECORD_CONFIG = "max.message.bytes";

    /**
     * All topics. Their records carry the time of append: event time lives in the payload, or the retention of a topic
     * would swallow replayed events of last year.
     */
    public static List<Layout> layouts() {
        return List.of(
                new Layout(REQUESTS, true, retained(Duration.ofDays(7))),
                new Layout(VISITS, true, retained(Duration.ofDays(7))),
                new Layout(DECISIONS, true, retained(Duration.ofDays(7))),
                new Layout(BLOCKLIST, false, compacted()),
                new Layout(USAGE, true, retained(Duration.ofDays(7))),
                new Layout(DEAD_LETTERS, false, retained(Duration.ofDays(30))),
                new Layout(POLICIES, false, compacted()),
                new Layout(ENTITIES, false, compacted()));
    }

    private static Map<String, String> retained(Duration time) {
        return Map.of(
                CLEANUP,
                "delete",
                TIMESTAMPS,
                APPEND_TIME,
                "retention.ms",
                Long.toString(time.toMillis()),
                MAX_RECORD_CONFIG,
                Integer.toString(MAX_RECORD));
    }

    private static Map<String, String> compacted() {
        return Map.of(CLEANUP, "compact", TIMESTAMPS, APPEND_TIME, MAX_RECORD_CONFIG, Integer.toString(MAX_RECORD));
    }
}
