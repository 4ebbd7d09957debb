package io.weir.edge.local;

import io.weir.engine.LimitUsage;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.Condition;
import io.weir.engine.policy.Policy;
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
    /** What a request is answered that is denied because the edge cannot know. */
    public static final int UNAVAILABLE_STATUS = 503;

    /** Limits that are full at different times make few rounds necessary; more would only refine a wait. */
    private static final int MAX_ROUNDS = 8;

    private final Registry registry;
    private final LongSupplier clock;
    private final UsageTable table;
    private final BlockIndex blocks = new BlockIndex();
    private final Map<String, EdgePolicy> policies = new ConcurrentHashMap<>();
    private final ThreadLocal<Inquiry> inquiries;

    /**
     * @param clock epoch ms, may be some ms old; only to forget what is over
     * @param capacity limits of keys that it can know at a time, a power of two
     * @param tokens what a token is called where policies, entities and the block list name it
     */
    public LocalCheck(Registry registry, LongSupplier clock, int capacity, UnaryOperator<String> tokens) {
        this.registry = registry;
        this.clock = clock;
        this.table = new UsageTable(capacity);
        this.inquiries = ThreadLocal.withInitial(() -> new Inquiry(registry, tokens));
    }

    /** Decides, and counts what it admits. */
    public EdgeAnswer check(Request request) {
        CompiledPolicy compiled = registry.policy(request.domain());
        if (compiled == null) {
            return EdgeAnswer.of(request, null, Reason.NO_POLICY, null);
        }
        EdgePolicy policy = policy(compiled);
        RoutePlan plan = policy.plan(request.method(), request.path());
        Inquiry inquiry = inquiries.get();
        inquiry.begin(request, plan);
        EdgeAnswer refused = listed(request, plan, inquiry.facts());
        if (refused == null && !request.report()) {
            refused = blocked(request, plan, inquiry.facts());
        }
        EdgeAnswer answer = refused != null ? refused : count(request, plan, inquiry);
        inquiry.end();
        return answer;
    }

    private EdgePolicy policy(CompiledPolicy compiled) {
        String domain = compiled.policy().domain();
        EdgePolicy known = policies.get(domain);
        if (known == null || known.source() != compiled) {
            known = new EdgePolicy(compiled, this);
            policies.put(domain, known);
        }
        return known;
    }

    /** Answers by the allow and deny lists; a report is not denied. Null where no entry matches. */
    private static @Nullable EdgeAnswer listed(Request request, RoutePlan plan, Facts facts) {
        Policy policy = plan.policy().policy();
        if (policy.allow().isEmpty() && policy.deny().isEmpty()) {
            return null;
        }
        for (Condition condition : policy.allow()) {
            if (facts.satisfies(condition)) {
                return EdgeAnswer.of(request, plan, Reason.ALLOW_LISTED, condition.text());
            }
        }
        if (request.report() || policy.shadow()) {
            return null;
        }
        for (Condition condition : policy.deny()) {
            if (facts.satisfies(condition)) {
                return EdgeAnswer.of(request, plan, Reason.DENY_LISTED, condition.text());
            }
        }
        return null;
    }

    /** Answers by the block with the latest end; null where there is none. */
    private @Nullable EdgeAnswer blocked(Request request, RoutePlan plan, Facts facts) {
        if (blocks.isEmpty()) {
            return null;
        }
        Block found = null;
        for (EdgeBlock block : plan.policy().blocks()) {
            long subject = block.subject(facts);
            Block listed = subject == 0 ? null : blocks.find(subject, request.timestamp());
            if (listed != null && !listed.shadow() && (found == null || listed.until() > found.until())) {
                found = listed;
            }
        }
        return found == null
                ? null
                : new EdgeAnswer(
                        request,
                        plan,
                        Reason.BLOCKED,
                        found.name(),
                        0,
                        0,
                        found.until(),
                        found.until() - request.timestamp());
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
        while (true) {
            long time = decided.timestamp();
            long later = look(inquiry, time);
            if (later > time) {
                // What it is late for is not known any more: it counts at the earliest time that is.
                decided = decided.at(later);
            } else if (!inquiry.room() && !decided.report()) {
                charge(inquiry, time, true);
                return denied(decided, plan, inquiry);
            } else if (charge(inquiry, time, decided.report())) {
                return admitted(decided, plan, inquiry);
            }
        }
    }

    /** Finds out what is left of each limit; returns the time for which that is known, at least {@code time}. */
    private long look(Inquiry inquiry, long time) {
        long known = time;
        for (int i = 0; i < inquiry.size(); i++) {
            Tracked tracked = inquiry.limit(i);
            Counter counter = tracked.counter();
            int slot = counter.slot(table, inquiry.key(i), clock, time);
            long free =
                    counter.free(table, slot, inquiry.count(i), tracked.limit().burst(), time);
            if (free == Counter.LATE) {
                known = Math.max(known, counter.later(table, slot, time));
            }
            inquiry.found(i, slot, free);
        }
        return known;
    }

    /**
     * Takes the request's hits from its limits, or from none.
     *
     * @param forced whether from those too that have no room; for a denied request, only from those that count denied ones
     * @return whether they were taken
     */
    private boolean charge(Inquiry inquiry, long time, boolean forced) {
        boolean denied = forced && !inquiry.room() && !inquiry.report();
        for (int i = 0; i < inquiry.size(); i++) {
            if (!inquiry.charged(i) || (denied && !inquiry.owner(i).rule().countDenied())) {
                continue;
            }
            Tracked tracked = inquiry.limit(i);
            boolean taken = tracked.counter()
                    .charge(
                            table,
                            inquiry.slot(i),
                            inquiry.count(i),
                            tracked.limit().burst(),
                            inquiry.hits(i),
                            time,
                            forced);
            boolean stillThere = table.key(inquiry.slot(i)) == inquiry.key(i);
            if (!forced && !(taken && stillThere)) {
                giveBack(inquiry, taken ? i : i - 1, time);
                return false;
            }
        }
        return true;
    }

    private void giveBack(Inquiry inquiry, int last, long time) {
        for (int i = last; i >= 0; i--) {
            if (inquiry.charged(i)) {
                inquiry.limit(i).counter().undo(table, inquiry.slot(i), inquiry.hits(i), time);
            }
        }
    }

    /** The limit with the fewest hits left binds; of two alike the shorter window. */
    private EdgeAnswer admitted(Request request, RoutePlan plan, Inquiry inquiry) {
        int binding = 0;
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < inquiry.size(); i++) {
            long left = Math.max(0, inquiry.free(i) - (inquiry.charged(i) ? inquiry.hits(i) : 0));
            boolean shorter =
                    inquiry.limit(i).windowMs() < inquiry.limit(binding).windowMs();
            if (left < fewest || (left == fewest && shorter)) {
                fewest = left;
                binding = i;
            }
        }
        Reason reason = inquiry.room() ? Reason.WITHIN_LIMITS : Reason.OVER_LIMIT;
        return answer(request, plan, reason, inquiry, binding, fewest, 0);
    }

    /** The limit without room that has the longest wait binds; of two alike the shorter window. */
    private EdgeAnswer denied(Request request, RoutePlan plan, Inquiry inquiry) {
        int binding = -1;
        long longest = -1;
        for (int i = 0; i < inquiry.size(); i++) {
            if (inquiry.free(i) >= inquiry.hits(i)) {
                continue;
            }
            // Another thread may have given back what this request was denied for: it is denied all the same.
            long wait = Math.max(1, waitMs(inquiry, i, request.timestamp()));
            boolean shorter = binding >= 0
                    && inquiry.limit(i).windowMs() < inquiry.limit(binding).windowMs();
            if (wait > longest || (wait == longest && shorter)) {
                longest = wait;
                binding = i;
            }
        }
        boolean counted =
                inquiry.charged(binding) && inquiry.owner(binding).rule().countDenied();
        long left = inquiry.free(binding) - (counted ? inquiry.hits(binding) : 0);
        return answer(
                request,
                plan,
                Reason.OVER_LIMIT,
                inquiry,
                binding,
                Math.max(0, left),
                longestWait(inquiry, request, longest));
    }

    /** The longest wait at any of the subjects visited. */
    private long longestWait(Inquiry inquiry, Request request, long atLeast) {
        long longest = atLeast;
        for (int i = 0; i < inquiry.size(); i++) {
            if (inquiry.exhausted(i)) {
                longest = Math.max(longest, wait(inquiry, inquiry.stop(i), request.timestamp()));
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
                boolean waitedFor = round == 0 || inquiry.fitsEver(i);
                if (inquiry.stop(i) == stop && inquiry.exhausted(i) && waitedFor) {
                    long more = waitMs(inquiry, i, time + wait);
                    longer |= more > 0;
                    wait += more;
                }
            }
        }
        return wait;
    }

    /** Milliseconds after {@code time} until a limit has room for the request; 0 when it has. */
    private long waitMs(Inquiry inquiry, int index, long time) {
        Tracked tracked = inquiry.limit(index);
        Counter counter = tracked.counter();
        int slot = inquiry.slot(index);
        long count = inquiry.count(index);
        long burst = tracked.limit().burst();
        long hits = inquiry.hits(index);
        return counter.free(table, slot, count, burst, time) >= hits
                ? 0
                : counter.waitMs(table, slot, count, burst, hits, time);
    }

    private EdgeAnswer answer(
            Request request,
            RoutePlan plan,
            Reason reason,
            Inquiry inquiry,
            int binding,
            long remaining,
            long retryAfterMs) {
        Tracked tracked = inquiry.limit(binding);
        long count = inquiry.count(binding);
        long resetAt = tracked.counter().resetAt(table, inquiry.slot(binding), count, request.timestamp());
        return new EdgeAnswer(request, plan, reason, tracked, count, remaining, resetAt, retryAfterMs);
    }

    /** Every limit that was looked at for an answer, as it stands now, the binding one first and as it stood. */
    List<LimitUsage> limits(EdgeAnswer answer, LimitUsage binding) {
        RoutePlan plan = answer.plan();
        List<LimitUsage> limits = new ArrayList<>();
        limits.add(binding);
        if (plan != null) {
            Request request = answer.request();
            Inquiry inquiry = inquiries.get();
            inquiry.begin(request, plan);
            inquiry.resolve(request, plan);
            look(inquiry, request.timestamp());
            for (int i = 0; i < inquiry.size(); i++) {
                LimitUsage usage = usage(inquiry, i, answer);
                if (!usage.rule().equals(binding.rule()) || !usage.window().equals(binding.window())) {
                    limits.add(usage);
                }
            }
            inquiry.end();
        }
        return limits;
    }

    private LimitUsage usage(Inquiry inquiry, int index, EdgeAnswer answer) {
        Tracked tracked = inquiry.limit(index);
        long time = answer.request().timestamp();
        long count = inquiry.count(index);
        boolean full = !answer.allowed() && inquiry.free(index) < inquiry.hits(index);
        return new LimitUsage(
                tracked.rule(),
                tracked.limit().name(),
                tracked.windowMs(),
                count,
                Math.max(0, inquiry.free(index)),
                tracked.counter().resetAt(table, inquiry.slot(index), count, time),
                full ? waitMs(inquiry, index, time) : 0);
    }

    /** A block has come on the list. One thread only, for all changes of the list. */
    public void put(Block block) {
        blocks.put(block);
    }

    /** A block has been taken off the list. */
    public void remove(Block block) {
        blocks.remove(block);
    }
}
