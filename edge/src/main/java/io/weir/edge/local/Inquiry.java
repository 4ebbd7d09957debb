package io.weir.edge.local;

import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.KeyAttribute;
import io.weir.engine.policy.Limit;
import io.weir.engine.policy.Rule;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a policy makes of one request: the limits in force for it, what it consumes of each, and where each is counted. One
 * for each thread, filled again for each request, so that nothing is allocated. Rules in shadow mode deny nobody and are
 * left to the enforcers.
 */
final class Inquiry {
    private final Facts facts;
    private final UsageTable table;
    private @Nullable EdgePolicy policy;
    private long serial;
    private long[] tupleHashes = new long[8];
    private long[] tupleStops = new long[8];
    private long[] tupleSerials = new long[8];

    private Use[] uses = new Use[0];
    private int size;
    private long mainHash;
    private final Shortcut.Work work = new Shortcut.Work();
    private boolean counted;

    private @Nullable String missing;
    private @Nullable String invalid;

    Inquiry(Registry registry, UsageTable table, UnaryOperator<String> tokens) {
        this.table = table;
        this.facts = new Facts(registry, tokens);
    }

    /** The policy made ready, mostly the one of the last request. */
    @SuppressWarnings("ReferenceEquality") // what is compiled once is there once
    EdgePolicy policy(CompiledPolicy compiled, LocalCheck check) {
        EdgePolicy known = policy;
        if (known == null || known.source() != compiled) {
            known = check.policy(compiled);
            policy = known;
        }
        return known;
    }

    /** Begins with a request; {@link #resolve} finds its limits. */
    void begin(Request request, EdgePolicy policy) {
        serial++;
        size = 0;
        counted = false;
        missing = null;
        invalid = null;
        facts.begin();
        int keys = policy.keys();
        if (tupleHashes.length < keys) {
            tupleHashes = new long[keys];
            tupleStops = new long[keys];
            tupleSerials = new long[keys];
        }
        KeyTuple main = policy.mainKey();
        if (main != null) {
            mainHash = hash(request, main, null, null);
            table.touch(UsageTable.key(mainHash));
        }
    }

    /** Decides in short where that can be done, or returns null. */
    @Nullable
    EdgeAnswer shortcut(Request request, RoutePlan plan) {
        Shortcut shortcut = plan.shortcut();
        return shortcut == null || mainHash == 0 || request.report() || request.hits() == 0
                ? null
                : shortcut.admit(table, UsageTable.key(mainHash), request, plan, work);
    }

    /** Goes on when it is known which rules are about it. */
    void route(RoutePlan plan) {
        facts.method(plan.canonicalMethod());
    }

    Facts facts() {
        return facts;
    }

    /** Finds the limits in force for the request. */
    void resolve(Request request, RoutePlan plan) {
        for (EdgeRule rule : plan.rules()) {
            if (rule.plain() || applies(rule, request)) {
                resolve(rule, request, plan);
            }
        }
    }

    private boolean applies(EdgeRule edgeRule, Request request) {
        Rule rule = edgeRule.rule();
        if (request.report()
                && !rule.whenStatus().isEmpty()
                && !rule.whenStatus().contains(request.status())) {
            return false;
        }
        if (!rule.where().isEmpty()) {
            for (var condition : rule.where().entrySet()) {
                String value = facts.named(request, condition.getKey());
                if (value == null || !condition.getValue().contains(value)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void resolve(EdgeRule rule, Request request, RoutePlan plan) {
        long tuple = tuple(request, rule, plan);
        if (tuple == 0) {
            if (rule.rule().missingDenies() && !rule.shadow() && missing == null) {
                missing = "rule " + rule.rule().name() + " expected the request to have " + absent(request, rule, plan)
                        + ", but it has none";
            }
            return;
        }
        long consumed = rule.plain() ? request.hits() : hits(rule.rule(), request);
        boolean charged = consumed > 0
                && (rule.plain() || request.report() || rule.rule().whenStatus().isEmpty());
        String inForce = rule.planned() ? plan(request, rule) : null;
        for (Tracked tracked : rule.limits()) {
            String forPlan = tracked.limit().plan();
            if (forPlan != null && !forPlan.equals(inForce)) {
                continue;
            }
            long count = rule.constant() ? tracked.limit().count() : count(request, tracked.limit());
            if (count >= 0) {
                counted = true;
                if (!rule.shadow()) {
                    Use use = next(tracked, rule);
                    use.stop = tupleStops[rule.key().index()];
                    use.key = UsageTable.key(tuple);
                    use.count = count;
                    use.hits = consumed;
                    use.charged = charged;
                }
            }
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private Use next(Tracked tracked, EdgeRule rule) {
        if (size == uses.length) {
            uses = Arrays.copyOf(uses, Math.max(8, 2 * size));
            for (int i = size; i < uses.length; i++) {
                uses[i] = new Use(tracked, rule);
            }
        }
        Use use = uses[size++];
        // Mostly the same as for the last request. By the default collector a store of a reference costs a fence of 20
        // cycles.
        if (use.limit != tracked) {
            use.limit = tracked;
        }
        if (use.rule != rule) {
            use.rule = rule;
        }
        return use;
    }

    /** A hash of the rule's key, 0 when the request lacks a part of it. */
    private long tuple(Request request, EdgeRule rule, RoutePlan plan) {
        KeyTuple key = rule.key();
        return !key.ofRoute() && tupleSerials[key.index()] == serial
                ? tupleHashes[key.index()]
                : hash(request, key, rule, plan);
    }

    private long hash(Request request, KeyTuple key, @Nullable EdgeRule rule, @Nullable RoutePlan plan) {
        long hash = 1;
        for (int i = 0; i < key.places().length && hash != 0; i++) {
            long value = value(request, key.places()[i], rule, plan);
            hash = value == 0 ? 0 : Hash.of(hash, value);
            if (i == 0) {
                tupleStops[key.index()] = value;
            }
        }
        tupleSerials[key.index()] = serial;
        tupleHashes[key.index()] = hash;
        return hash;
    }

    /** A hash of the first of the attribute's sources that the request has, and of which one it is; 0 for none. */
    private long value(Request request, KeyTuple.Place place, @Nullable EdgeRule rule, @Nullable RoutePlan plan) {
        KeyAttribute.Source[] sources = place.sources();
        for (int i = 0; i < sources.length; i++) {
            String ofRoute = rule != null && plan != null && rule.key().ofRoute() ? plan.value(sources[i], rule) : null;
            long value = facts.hash(request, sources[i], ofRoute);
            if (value != 0) {
                return value ^ place.seeds()[i];
            }
        }
        return 0;
    }

    private String absent(Request request, EdgeRule rule, RoutePlan plan) {
        for (int i = 0; i < rule.key().places().length; i++) {
            if (value(request, rule.key().places()[i], rule, plan) == 0) {
                return rule.key().attributes().get(i).text();
            }
        }
        throw new IllegalStateException("the request has all of " + rule.key().attributes());
    }

    /** The request's plan if the rule lists it, else {@code default}. */
    private String plan(Request request, EdgeRule rule) {
        String plan = facts.named(request, "plan");
        if (plan != null) {
            for (Tracked tracked : rule.limits()) {
                if (plan.equals(tracked.limit().plan())) {
                    return plan;
                }
            }
        }
        return "default";
    }

    /** Hits per window in force; -1 when there is no such limit for this request. */
    private long count(Request request, Limit limit) {
        long count = limit.reference() == null ? limit.count() : facts.number(request, limit.reference());
        if (count >= 0 && limit.times() != null) {
            long times = facts.number(request, limit.times());
            count = times < 0 ? -1 : multiply(count, times);
        }
        return count >= 0 || limit.optional() ? count : 0;
    }

    private static long multiply(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 && a * b <= Limit.MAX_COUNT ? a * b : Limit.MAX_COUNT;
    }

    private long hits(Rule rule, Request request) {
        try {
            return rule.hits(request);
        } catch (InvalidRequestException notANumber) {
            invalid = notANumber.getMessage();
            return 0;
        }
    }

    /** How many limits the request uses. */
    int size() {
        return size;
    }

    Use use(int index) {
        return uses[index];
    }

    /** Whether a rule counts the request, be it in shadow mode. */
    boolean counted() {
        return counted;
    }

    /** Whether a limit's rule had no room. */
    boolean exhausted(Use use) {
        for (int i = 0; i < size; i++) {
            if (uses[i].rule.index() == use.rule.index() && uses[i].full()) {
                return true;
            }
        }
        return false;
    }

    /** What is wrong with the request, or null. */
    @Nullable
    String wrong(Request request) {
        return invalid != null || request.report() ? invalid : missing;
    }
}
