package io.weir.edge.local;

import io.weir.engine.Request;
import org.jspecify.annotations.Nullable;

/**
 * What an edge has told the enforcers of what it counted: how much of each limit was fed, and what to learn by from the
 * answer. For one thread, the feeding one.
 */
public final class Ledger {
    private final LocalCheck check;
    private final UsageTable table;
    private final Inquiry inquiry;

    Ledger(LocalCheck check, UsageTable table, Inquiry inquiry) {
        this.check = check;
        this.table = table;
        this.inquiry = inquiry;
    }

    private boolean begin(Request request) {
        RoutePlan plan = check.plan(request);
        if (plan == null) {
            return false;
        }
        inquiry.begin(request, plan.policy());
        inquiry.route(plan);
        inquiry.resolve(request, plan);
        return true;
    }

    /**
     * Notes that a request decided here has been fed, with the hits that it has.
     *
     * @param admitted whether its hits were counted; those of a denied one only where a rule counts these too
     * @return a number for the limits it is counted at, the same for requests that are counted at the same
     */
    public long fed(Request request, boolean admitted) {
        if (!begin(request)) {
            return 0;
        }
        long limits = 0;
        for (int i = 0; i < inquiry.size(); i++) {
            Use use = inquiry.use(i);
            limits = Hash.of(limits, Hash.of(use.key, use.limit.number()));
            boolean counted = use.charged && (admitted || use.rule.rule().countDenied());
            if (counted && found(use)) {
                use.limit.counter().fed(table, use, request.timestamp());
            }
        }
        return limits;
    }

    private boolean found(Use use) {
        use.slot = table.find(use.key, use.limit.number(), table.home(use.key));
        return use.slot >= 0;
    }

    /** What to learn by from the answer to the request fed last of those counted at the same limits, or null for nothing. */
    public @Nullable Lesson lesson(Request request) {
        if (!begin(request) || inquiry.size() == 0) {
            return null;
        }
        Lesson lesson = new Lesson(table, request.timestamp(), inquiry.size());
        for (int i = 0; i < inquiry.size(); i++) {
            Use use = inquiry.use(i);
            if (found(use)) {
                lesson.add(use, use.limit.counter().mark(table, use, request.timestamp()));
            }
        }
        return lesson;
    }

    /**
     * A number for the time at which a request is counted: hits of two alike may be summed where it is the same for both,
     * for no limit's window lies between them.
     */
    public long slice(Request request) {
        if (!begin(request)) {
            return Counter.slice(request.timestamp(), 0);
        }
        long slice = 0;
        for (int i = 0; i < inquiry.size(); i++) {
            Use use = inquiry.use(i);
            use.slot = found(use) ? use.slot : 0;
            slice = Hash.of(slice, use.limit.counter().slice(table, use, request.timestamp()));
        }
        return slice;
    }

    /** Whether hits of requests like this may be summed: not where a rule takes them from an attribute. */
    public boolean summable(Request request) {
        RoutePlan plan = check.plan(request);
        if (plan == null) {
            return true;
        }
        for (EdgeRule rule : plan.rules()) {
            if (rule.rule().hitsAttribute() != null) {
                return false;
            }
        }
        return plan.policy().policy().deduplicateMs() == 0 || request.requestId() == null;
    }
}
