package io.weir.topology;

import io.weir.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What each topic must be like for the topology to be right. */
final class TopicLayouts {
    private TopicLayouts() {}

    /**
     * A topic's layout.
     *
     * @param partitioned whether it has as many partitions as the requests; else it has one
     * @param config the settings it is created with; those of {@link #required} must hold on an existing topic too
     */
    record Layout(String name, boolean partitioned, Map<String, String> config) {
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
    static List<Layout> layouts() {
        return List.of(
                new Layout(Topics.REQUESTS, true, retained(Duration.ofDays(7))),
                new Layout(Topics.VISITS, true, retained(Duration.ofDays(7))),
                new Layout(Topics.DECISIONS, true, retained(Duration.ofDays(7))),
                new Layout(Topics.BLOCKLIST, false, compacted()),
                new Layout(Topics.USAGE, true, retained(Duration.ofDays(7))),
                new Layout(Topics.DEAD_LETTERS, false, retained(Duration.ofDays(30))),
                new Layout(Topics.POLICIES, false, compacted()),
                new Layout(Topics.ENTITIES, false, compacted()),
                new Layout(Topics.AUDIT, false, retained(Duration.ofDays(365))));
    }

    /** A segment is rolled at least daily: what is in the one that is written to is not deleted, whatever its age. */
    private static Map<String, String> retained(Duration time) {
        return Map.of(
                CLEANUP,
                "delete",
                TIMESTAMPS,
                APPEND_TIME,
                "retention.ms",
                Long.toString(time.toMillis()),
                "segment.ms",
                Long.toString(Duration.ofDays(1).toMillis()),
                MAX_RECORD_CONFIG,
                Integer.toString(MAX_RECORD));
    }

    /** Small segments: one that is written to is not compacted, and each start reads all there is. */
    private static Map<String, String> compacted() {
        return Map.of(
                CLEANUP,
                "compact",
                TIMESTAMPS,
                APPEND_TIME,
                "segment.ms",
                Long.toString(Duration.ofDays(1).toMillis()),
                "segment.bytes",
                Integer.toString(64 << 20),
                MAX_RECORD_CONFIG,
                Integer.toString(MAX_RECORD));
    }
}
