package io.weir.engine.decide;

import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import io.weir.engine.policy.KeyAttribute;
import io.weir.engine.policy.Limit;
import io.weir.engine.policy.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rules apply to a request, per what, with which limits in force, and which subjects it visits for them.
 *
 * @param missing what a rule that insists on it ({@code missing: deny}) misses, as a message, or null
 */
record Plan(
        List<Applicable> rules,
        List<Subject> stops,
        @Nullable String missing) {

    /**
     * A rule that applies.
     *
     * @param at the partition attribute's value
     * @param entryKey where its usage is stored
     * @param hits what the request consumes of it
     * @param charged whether the request is charged; else only checked
     * @param limits the limits in force, each with its hits per window in {@code counts}
     */
    record Applicable(
            CompiledRule rule,
            Subject at,
            String entryKey,
            long hits,
            boolean charged,
            List<CompiledLimit> limits,
            long[] counts) {
        String name() {
            return rule.rule().name();
        }
    }

    /**
     * Makes the plan of a request.
     *
     * @param matching the rules whose routes the request matches
     * @throws InvalidRequestException when the hits a rule takes from the event are not a number
     */
    static Plan of(CompiledPolicy policy, Facts facts, List<CompiledRule> matching) {
        List<Applicable> rules = new ArrayList<>(4);
        List<Subject> stops = new ArrayList<>(1);
        String missing = null;
        for (CompiledRule rule : matching) {
            if (!rule.matchesAttributes(facts, false) || !counts(rule.rule(), facts.request())) {
                continue;
            }
            List<KeyAttribute> key = rule.rule().key();
            Facts.Value[] values = new Facts.Value[key.size()];
            String absent = resolve(key, rule, facts, values);
            if (absent != null) {
                if (rule.rule().missingDenies() && !rule.shadow() && missing == null) {
                    missing = "rule " + rule.rule().name() + " expected the request to have " + absent
                            + ", but it has none";
                }
                continue;
            }
            Applicable applicable = applicable(policy, rule, values, facts);
            if (!applicable.limits().isEmpty()) {
                rules.add(applicable);
                if (!stops.contains(applicable.at())) {
                    stops.add(applicable.at());
                }
            }
        }
        return new Plan(rules, stops, missing);
    }

    /** A rule with {@code when} ignores reports of other outcomes. */
    private static boolean counts(Rule rule, Request request) {
        return rule.whenStatus().isEmpty()
                || !request.report()
                || rule.whenStatus().contains(request.status());
    }

    /** Fills {@code values}; returns the first attribute that the request lacks, or null. */
    private static @Nullable String resolve(
            List<KeyAttribute> key, CompiledRule rule, Facts facts, Facts.Value[] values) {
        for (int i = 0; i < values.length; i++) {
            Facts.Value value = facts.value(key.get(i), rule);
            if (value == null) {
                return key.get(i).text();
            }
            values[i] = value;
        }
        return null;
    }

    static Applicable applicable(CompiledPolicy policy, CompiledRule rule, Facts.Value[] values, Facts facts) {
        List<CompiledLimit> limits = rule.limits();
        long[] counts = rule.counts();
        if (counts == null) {
            limits = new ArrayList<>(rule.limits().size());
            counts = new long[rule.limits().size()];
            inForce(rule, facts, limits, counts);
        }
        Request request = facts.request();
        boolean charged = rule.rule().whenStatus().isEmpty() || request.report();
        return new Applicable(
                rule,
                new Subject(values[0].source().text(), values[0].text()),
                rule.entryKey(policy.policy.domain(), values),
                rule.rule().hits(request),
                charged,
                limits,
                counts);
    }

    /** The limits that the request's plan and entities put in force. */
    private static void inForce(CompiledRule rule, Facts facts, List<CompiledLimit> limits, long[] counts) {
        String plan = rule.rule().limits().get(0).plan() == null && uniform(rule) ? null : plan(rule, facts);
        for (CompiledLimit limit : rule.limits()) {
            String forPlan = limit.limit().plan();
            if (forPlan != null && !forPlan.equals(plan)) {
                continue;
            }
            long count = count(limit.limit(), facts);
            if (count >= 0) {
                counts[limits.size()] = count;
                limits.add(limit);
            }
        }
    }

    private static boolean uniform(CompiledRule rule) {
        for (CompiledLimit limit : rule.limits()) {
            if (limit.limit().plan() != null) {
                return false;
            }
        }
        return true;
    }

    /** The request's plan if the rule lists it, else {@code default}. */
    private static String plan(CompiledRule rule, Facts facts) {
        String plan = facts.named("plan");
        if (plan != null) {
            for (CompiledLimit limit : rule.limits()) {
                if (plan.equals(limit.limit().plan())) {
                    return plan;
                }
            }
        }
        return "default";
    }

    /** Hits per window in force; -1 when there is no such limit for this request. */
    private static long count(Limit limit, Facts facts) {
        long count = limit.count();
        if (limit.reference() != null) {
            count = facts.number(limit.reference());
        }
        if (count >= 0 && limit.times() != null) {
            long times = facts.number(limit.times());
            count = times < 0 ? -1 : multiply(count, times);
        }
        return count >= 0 || limit.optional() ? count : 0;
    }

    private static long multiply(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 && a * b <= Limit.MAX_COUNT ? a * b : Limit.MAX_COUNT;
    }
}
