package io.weir.wire;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** The topics' names, and where on them a key is at home. */
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
    /** What operators did, one action a record, as JSON. */
    public static final String AUDIT = "weir.audit";

    private Topics() {}

    /** The partition of {@code partitions} where Kafka's own partitioner puts that key. */
    public static int partition(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }
}
