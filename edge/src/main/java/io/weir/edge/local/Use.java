package io.weir.edge.local;

import io.weir.engine.policy.Limit;

/**
 * What one request uses of one limit. Filled again and again by one thread, so that a check allocates nothing for it; its
 * fields are read and written in the innermost loops, without methods between.
 */
final class Use {
    /** The limit, which names its counter. */
    Tracked limit;

    EdgeRule rule;

    /** Which subject it is counted at: equal for limits that are counted in one visit. */
    long stop;

    /** Under which key its usage is to be found in the table. */
    long key;

    /** Hits per window in force. */
    long count;

    /** Hits that the request consumes. */
    long hits;

    /** Whether the request is charged to it; a rule that counts outcomes is only looked at before they are known. */
    boolean charged;

    /** Where its usage is. */
    int slot;

    /** Whether the request is late: of the window before the latest. */
    boolean late;

    /** Hits left before the request; negative when more than the limit are consumed. */
    long free;

    /** What the counter saw when it found out what is left. */
    long seen;

    Use(Tracked limit, EdgeRule rule) {
        this.limit = limit;
        this.rule = rule;
    }

    long burst() {
        return limit.limit().burst();
    }

    boolean full() {
        return free < hits;
    }

    /** Whether the limit has room for the request when nothing is consumed. */
    boolean fitsEver() {
        Limit written = limit.limit();
        boolean burst = written.algorithm() == Limit.Algorithm.BUCKET && written.burst() > 0 && count > 0;
        return hits <= (burst ? written.burst() : count);
    }
}
