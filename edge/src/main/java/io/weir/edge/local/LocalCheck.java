package io.weir.edge.local;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.decide.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides requests from what this edge knows: the block list, the policy's lists, and for each limit what was admitted here
 * together with what the enforcers have told. Precedence as in the engine: allow list, deny list, blocks, rules.
 *
 * <p>A request takes its hits from each of its limits by a compare-and-set of its own; where one has no room any more, what
 * was taken from the others is given back. So no limit is ever exceeded by what is admitted here, no thread waits for
 * another, and the price is that a request may be denied because of one that is just giving back. Any thread.
 */
public final class LocalCheck {
    /** Limits that are full at different times make few rounds necessary; more would only refine a wait. */
    private static final int MAX_ROUNDS = 8;

    /** In a table that is far too small a request's own limits push each other out; then it is admitted all the same. */
    private static final int MAX_LOST = 16;

    /** How many calls sweep the whole table. */
    private static final int SWEEPS = 1024;

    private final Registry registry;
    private final LongSupplier clock;
    private final Limits limits = new Limits();
    private final UsageTable table;
    private final Lists lists;
    private final Map<String, EdgePolicy> policies = new ConcurrentHashMap<>();
    private final UnaryOperator<String> tokens;
    private final ThreadLocal<Inquiry> inquiries;

    /**
     * @param clock epoch ms, may be some ms old; only to forget what is over
     * @param capacity limits of keys that it can know at a time, a power of two of at least 32; a quarter as many keys
     * @param tokens what a token is called where policies, entities and the block list name it
     */
    public LocalCheck(Registry registry, LongSupplier clock, int capacity, UnaryOperator<String> tokens) {
        this.registry = registry;
        this.clock = clock;
        this.tokens = tokens;
        this.table = new UsageTable(capacity, limits);
        this.lists = new Lists(registry, tokens);
        this.inquiries = ThreadLocal.withInitial(() -> new Inquiry(registry, table, tokens));
    }

    /** Decides, and counts what it admits. */
    public EdgeAnswer check(Request request) {
        CompiledPolicy compiled = registry.policy(request.domain());
        if (compiled == null) {
            return EdgeAnswer.of(request, null, Reason.NO_POLICY, null);
        }
        Inquiry inquiry = inquiries.get();
        EdgePolicy policy = inquiry.policy(compiled, this);
        inquiry.begin(request, policy);
        RoutePlan plan = policy.plan(request.method(), request.path());
        inquiry.route(plan);
        EdgeAnswer listed = lists.answer(request, plan, inquiry.facts());
        if (listed != null) {
            return listed;
        }
        EdgeAnswer admitted = inquiry.shortcut(request, plan);
        return admitted != null ? admitted : count(request, plan, inquiry);
    }

    /** Answers without knowing: allowed or denied as said. */
    public EdgeAnswer unavailable(Request request, boolean allowed) {
        return new EdgeAnswer(
                request, null, Reason.UNAVAILABLE, null, 0, 0, 0, allowed ? 0 : Decision.UNAVAILABLE_RETRY_MS);
    }

    /** The limits that were ever met. */
    Limits limits() {
        return limits;
    }

    /** What has been fed of what is counted here. */
    public Ledger ledger() {
        return new Ledger(this, table, new Inquiry(registry, table, tokens));
    }

    /** Which rules are about a request, or null where no policy is known. */
    @Nullable
    RoutePlan plan(Request request) {
        CompiledPolicy compiled = registry.policy(request.domain());
        return compiled == null ? null : policy(compiled).plan(request.method(), request.path());
    }

    EdgePolicy policy(CompiledPolicy compiled) {
        String domain = compiled.policy().domain();
        EdgePolicy known = policies.get(domain);
        if (known == null || known.source() != compiled) {
            known = new EdgePolicy(compiled, this);
            policies.put(domain, known);
        }
        return known;
    }

    private EdgeAnswer count(Request request, RoutePlan plan, Inquiry inquiry) {
        inquiry.resolve(request, plan);
        String wrong = inquiry.wrong(request);
        if (wrong != null) {
            return EdgeAnswer.of(request, plan, Reason.INVALID, wrong);
        }
        if (inquiry.size() == 0) {
            Reason reason = inquiry.counted() ? Reason.WITHIN_LIMITS : Reason.NO_RULE;
            return EdgeAnswer.of(request, plan, reason, null);
        }
        Request decided = request;
        boolean report = request.report();
        int lost = 0;
        while (true) {
            long time = decided.timestamp();
            long later = look(inquiry, time);
            if (later > time) {
                // What it is late for is not known any more: it counts at the earliest time that is.
                decided = decided.at(later);
            } else if (!room(inquiry) && !report) {
                chargeDenied(inquiry, time);
                return denied(decided, plan, inquiry);
            } else if (charge(inquiry, time, report || lost++ > MAX_LOST)) {
                return admitted(decided, plan, inquiry);
            }
        }
    }

    /** Finds out what is left of each limit; returns the time for which that is known, at least {@code time}. */
    private long look(Inquiry inquiry, long time) {
        long known = time;
        long key = 0;
        int likely = 0;
        for (int i = 0; i < inquiry.size(); i++) {
            Use use = inquiry.use(i);
            if (use.key != key) {
                key = use.key;
                likely = table.home(key);
            }
            Counter counter = use.limit.counter();
            int slot = table.find(key, use.limit.number(), likely);
            use.slot = slot >= 0 ? slot : make(use, counter, time);
            likely = UsageTable.record(use.slot);
            known = Math.max(known, counter.look(table, use, time));
        }
        return known;
    }

    private int make(Use use, Counter counter, long time) {
        return table.claim(
                use.key, use.limit.number(), clock.getAsLong(), counter.newCount(time), counter.newNote(time));
    }

    private static boolean room(Inquiry inquiry) {
        for (int i = 0; i < inquiry.size(); i++) {
            if (inquiry.use(i).full()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes the request's hits from its limits, or from none.
     *
     * @param forced whether from those too that have no room
     * @return whether they were taken
     */
    private boolean charge(Inquiry inquiry, long time, boolean forced) {
        for (int i = 0; i < inquiry.size(); i++) {
            Use use = inquiry.use(i);
            if (!use.charged) {
                continue;
            }
            boolean taken = use.limit.counter().charge(table, use, time, forced);
            if (!forced && !(taken && table.holds(use.slot, use.key, use.limit.number()))) {
                giveBack(inquiry, taken ? i : i - 1, time);
                return false;
            }
        }
        return true;
    }

    private void giveBack(Inquiry inquiry, int last, long time) {
        for (int i = last; i >= 0; i--) {
            Use use = inquiry.use(i);
            if (use.charged) {
                use.limit.counter().undo(table, use, time);
            }
        }
    }

    /** Some rules count denied requests too. */
    private void chargeDenied(Inquiry inquiry, long time) {
        for (int i = 0; i < inquiry.size(); i++) {
            Use use = inquiry.use(i);
            if (use.charged && use.rule.rule().countDenied()) {
                use.limit.counter().charge(table, use, time, true);
            }
        }
    }

    /** The limit with the fewest hits left binds; of two alike the shorter window. */
    private EdgeAnswer admitted(Request request, RoutePlan plan, Inquiry inquiry) {
        Use binding = inquiry.use(0);
        long fewest = Long.MAX_VALUE;
        boolean room = true;
        for (int i = 0; i < inquiry.size(); i++) {
            Use use = inquiry.use(i);
            long left = Math.max(0, use.charged ? use.free - use.hits : use.free);
            room &= !use.full();
            if (left < fewest || (left == fewest && use.limit.windowMs() < binding.limit.windowMs())) {
                fewest = left;
                binding = use;
            }
        }
        return answer(request, plan, room ? Reason.WITHIN_LIMITS : Reason.OVER_LIMIT, binding, fewest, 0);
    }

    /** The limit without room that has the longest wait binds; of two alike the shorter window. */
    private EdgeAnswer denied(Request request, RoutePlan plan, Inquiry inquiry) {
        Use binding = null;
        long longest = -1;
        for (int i = 0; i < inquiry.size(); i++) {
            Use use = inquiry.use(i);
            if (!use.full()) {
                continue;
            }
            // Another thread may have given back what this request was denied for: it is denied all the same.
            long wait = Math.max(1, use.limit.counter().waitMs(table, use, request.timestamp()));
            boolean shorter = binding != null && use.limit.windowMs() < binding.limit.windowMs();
            if (wait > longest || (wait == longest && shorter)) {
                longest = wait;
                binding = use;
            }
        }
        if (binding == null) {
            throw new IllegalStateException("a denied request has a limit without room: " + request);
        }
        boolean counted = binding.charged && binding.rule.rule().countDenied();
        long left = Math.max(0, binding.free - (counted ? binding.hits : 0));
        return answer(request, plan, Reason.OVER_LIMIT, binding, left, longestWait(inquiry, request, longest));
    }

    /** The longest wait at any of the subjects visited. */
    private long longestWait(Inquiry inquiry, Request request, long atLeast) {
        long longest = atLeast;
        for (int i = 0; i < inquiry.size(); i++) {
            if (inquiry.exhausted(inquiry.use(i))) {
                longest = Math.max(longest, wait(inquiry, inquiry.use(i).stop, request.timestamp()));
            }
        }
        return longest;
    }

    /**
     * How long until all limits counted at a subject, of rules that deny, have room at once; one that the request never
     * fits in is waited for once.
     */
    private long wait(Inquiry inquiry, long stop, long time) {
        long wait = 0;
        boolean longer = true;
        for (int round = 0; longer && round < MAX_ROUNDS; round++) {
            longer = false;
            for (int i = 0; i < inquiry.size(); i++) {
                Use use = inquiry.use(i);
                if (use.stop == stop && inquiry.exhausted(use) && (round == 0 || use.fitsEver())) {
                    long more = use.limit.counter().waitMs(table, use, time + wait);
                    longer |= more > 0;
                    wait += more;
                }
            }
        }
        return wait;
    }

    private EdgeAnswer answer(
            Request request, RoutePlan plan, Reason reason, Use binding, long remaining, long retryAfterMs) {
        long resetAt = binding.limit.counter().resetAt(table, binding, request.timestamp());
        return new EdgeAnswer(request, plan, reason, binding.limit, binding.count, remaining, resetAt, retryAfterMs);
    }

    /** Every limit that was looked at for an answer, as it stands now, the binding one first and as it stood. */
    List<LimitUsage> limits(EdgeAnswer answer, LimitUsage binding) {
        RoutePlan plan = answer.plan();
        List<LimitUsage> limits = new ArrayList<>();
        limits.add(binding);
        if (plan != null) {
            Request request = answer.request();
            Inquiry inquiry = inquiries.get();
            inquiry.begin(request, plan.policy());
            inquiry.route(plan);
            inquiry.resolve(request, plan);
            look(inquiry, request.timestamp());
            for (int i = 0; i < inquiry.size(); i++) {
                LimitUsage usage = usage(inquiry.use(i), answer);
                if (!usage.rule().equals(binding.rule()) || !usage.window().equals(binding.window())) {
                    limits.add(usage);
                }
            }
        }
        return limits;
    }

    private LimitUsage usage(Use use, EdgeAnswer answer) {
        long time = answer.request().timestamp();
        Counter counter = use.limit.counter();
        return new LimitUsage(
                use.limit.rule(),
                use.limit.limit().name(),
                use.limit.windowMs(),
                use.count,
                Math.max(0, use.free),
                counter.resetAt(table, use, time),
                answer.allowed() ? 0 : counter.waitMs(table, use, time));
    }

    /**
     * Forgets usage that is over, in a part of the table at each call. One thread only.
     *
     * @return the share of that part which is in use, from 0 to 1
     */
    public double sweep() {
        int part = Math.max(1, table.records() / SWEEPS);
        return (double) table.sweep(clock.getAsLong(), part) / part;
    }

    /** How many limits of keys had to be forgotten, though they still mattered, to make room for others. */
    public long evicted() {
        return table.evicted();
    }

    /** The block list and the lists of policies. */
    public Lists lists() {
        return lists;
    }
}
