package io.weir.edge.local;

import io.weir.engine.limit.Calendar;
import io.weir.engine.policy.Limit;
import java.time.ZoneId;

/**
 * A limit of a rule as an edge counts it.
 *
 * @param rule the rule's name
 * @param number what tells its usage from that of other limits under the same key; like the engine's key, it does not depend
 *     on the number of hits or the plan
 */
record Tracked(String rule, Limit limit, Counter counter, long windowMs, int number) {

    static Tracked of(String rule, Limit limit, String identity, ZoneId zone, Limits limits) {
        Counter counter = counter(limit, zone);
        int number = limits.number(Hash.of(identity, 0), counter);
        return new Tracked(rule, limit, counter, limit.window().nominalMs(), number);
    }

    /** What identifies its usage, over changes of the policy too: the rule's name, the algorithm and the window. */
    static String identity(String rule, Limit limit) {
        Limit.Window window = limit.window();
        String length = window.unit().compareTo(Limit.Unit.DAY) < 0
                ? Long.toString(window.nominalMs())
                : window.count() + window.unit().singular;
        return rule + '\n' + limit.algorithm() + '\n' + length;
    }

    private static Counter counter(Limit limit, ZoneId zone) {
        return switch (limit.algorithm()) {
            case FIXED -> new WindowCounter(Calendar.of(limit.window(), zone), false);
            case SLIDING -> new WindowCounter(Calendar.of(limit.window(), zone), true);
            case FIRST_HIT -> new FirstHitCounter(limit.window().nominalMs());
            case BUCKET -> new BucketCounter(limit.window().nominalMs());
        };
    }
}
