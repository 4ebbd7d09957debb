package io.weir.engine.decide;

import io.weir.engine.limit.BucketMeter;
import io.weir.engine.limit.Calendar;
import io.weir.engine.limit.FirstHitMeter;
import io.weir.engine.limit.FixedMeter;
import io.weir.engine.limit.Meter;
import io.weir.engine.limit.SlidingMeter;
import io.weir.engine.policy.Limit;
import java.time.ZoneId;

/**
 * A limit with the meter that counts it.
 *
 * @param slot under which id its windows stand in the entry of the quota key
 * @param owner the rule or block it belongs to
 */
record CompiledLimit(int slot, String owner, Limit limit, Meter meter) {

    static CompiledLimit of(int slot, String owner, Limit limit, ZoneId zone) {
        return new CompiledLimit(slot, owner, limit, meter(limit, zone));
    }

    private static Meter meter(Limit limit, ZoneId zone) {
        return switch (limit.algorithm()) {
            case FIXED -> new FixedMeter(Calendar.of(limit.window(), zone));
            case SLIDING -> new SlidingMeter(Calendar.of(limit.window(), zone));
            case FIRST_HIT -> new FirstHitMeter(limit.window().nominalMs());
            case BUCKET -> new BucketMeter(limit.window().nominalMs());
        };
    }

    long windowMs() {
        return limit.window().nominalMs();
    }

    /**
     * What identifies its usage over changes of the policy: the rule's name, the algorithm and the window. Neither the
     * number of hits nor the plan is part of it, so that a raised limit or a bought plan keeps what was used.
     */
    static String identity(String owner, Limit limit) {
        Limit.Window window = limit.window();
        String length = window.unit().compareTo(Limit.Unit.DAY) < 0
                ? Long.toString(window.nominalMs())
                : window.count() + window.unit().singular;
        return owner + '|' + limit.algorithm() + '|' + length;
    }
}
