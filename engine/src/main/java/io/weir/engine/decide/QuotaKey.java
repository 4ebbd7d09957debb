package io.weir.engine.decide;

import io.weir.engine.Request;
import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.Windows;
import io.weir.engine.match.Route;
import io.weir.engine.policy.KeyAttribute;
import io.weir.engine.policy.Limit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule with the values of its key attributes: what has a usage of its own, here to be asked for. Asking charges nothing.
 *
 * <p>The identity asked for is a request with 0 hits; its time is the time asked for. Without a route every rule is
 * listed whose key the identity has, whatever the routes it counts: a profile that asks sees all of its functions. With
 * one, those are listed that such a request would be counted by.
 */
public final class QuotaKey {
    private final Plan.Applicable applied;
    private final String domain;
    private final long time;

    private QuotaKey(Plan.Applicable applied, String domain, long time) {
        this.applied = applied;
        this.domain = domain;
        this.time = time;
    }

    /**
     * The quota keys of an identity, in the order of the policy's rules; none where no policy governs the domain.
     *
     * @param anyRoute whether method and path say nothing, so that rules of all routes are meant
     */
    public static List<QuotaKey> of(Registry registry, Request identity, boolean anyRoute) {
        CompiledPolicy policy = registry.policy(identity.domain());
        List<QuotaKey> keys = new ArrayList<>();
        if (policy == null) {
            return keys;
        }
        Facts facts = new Facts(identity.withHits(0), registry, policy.policy.ignoreCase());
        for (CompiledRule rule : policy.rules) {
            if (rule.matchesAttributes(facts, anyRoute) && (anyRoute || rule.matchesRoute(facts))) {
                List<Route> routes = routes(rule, anyRoute);
                for (Route route : routes) {
                    add(policy, rule, facts, route, keys);
                }
                if (routes.isEmpty()) {
                    add(policy, rule, facts, null, keys);
                }
            }
        }
        return keys;
    }

    /** The routes that have each a usage of their own and are all meant. */
    private static List<Route> routes(CompiledRule rule, boolean anyRoute) {
        boolean perRoute = rule.rule().key().stream()
                .flatMap(attribute -> attribute.sources().stream())
                .anyMatch(source -> source.kind() == KeyAttribute.Kind.ROUTE);
        return anyRoute && perRoute ? rule.match() : List.of();
    }

    private static void add(
            CompiledPolicy policy, CompiledRule rule, Facts facts, @Nullable Route route, List<QuotaKey> keys) {
        List<KeyAttribute> key = rule.rule().key();
        Facts.Value[] values = new Facts.Value[key.size()];
        for (int i = 0; i < values.length; i++) {
            Facts.Value value = value(key.get(i), rule, facts, route);
            if (value == null) {
                return;
            }
            values[i] = value;
        }
        Plan.Applicable applied = Plan.applicable(policy, rule, values, facts);
        if (!applied.limits().isEmpty()) {
            keys.add(new QuotaKey(
                    applied, policy.policy.domain(), facts.request().timestamp()));
        }
    }

    private static Facts.@Nullable Value value(
            KeyAttribute attribute, CompiledRule rule, Facts facts, @Nullable Route route) {
        if (route == null) {
            return facts.value(attribute, rule);
        }
        for (KeyAttribute.Source source : attribute.sources()) {
            if (source.kind() == KeyAttribute.Kind.ROUTE) {
                return new Facts.Value(source, route.text());
            }
            Facts.Value value = facts.value(new KeyAttribute(source.text(), List.of(source)), rule);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** The API it belongs to. */
    public String domain() {
        return domain;
    }

    /** The rule's name. */
    public String rule() {
        return applied.name();
    }

    /** {@code attribute=value} of each key attribute. */
    public List<String> key() {
        List<String> places = Keys.places(applied.entryKey());
        return places.subList(1, places.size());
    }

    /** Whose usage it is part of; the value says on which partition it is kept. */
    public Subject at() {
        return applied.at();
    }

    /** Under which key its usage is stored. */
    public String entryKey() {
        return applied.entryKey();
    }

    /** The names of all the rule's limits, those of other plans included: what its history is filed under. */
    public List<String> windows() {
        return applied.rule().limits().stream()
                .map(limit -> limit.limit().name())
                .distinct()
                .toList();
    }

    /**
     * What is used of each limit in force.
     *
     * @param stored the entry under {@link #entryKey}, an empty one where there is none; not changed
     * @return without the limits whose window at that time is not retained any more
     */
    public List<CurrentUsage> usage(SubjectUsage stored) {
        List<CurrentUsage> usage = new ArrayList<>();
        List<String> key = key();
        for (int i = 0; i < applied.limits().size(); i++) {
            CompiledLimit limit = applied.limits().get(i);
            Limit written = limit.limit();
            Windows windows = stored.windowsIfAny(limit.slot());
            long count = applied.counts()[i];
            if (limit.meter().retains(windows, time)) {
                usage.add(new CurrentUsage(
                        applied.name(),
                        key,
                        written.name(),
                        limit.windowMs(),
                        count,
                        limit.meter().consumed(windows, count, time),
                        limit.meter().remaining(windows, count, written.burst(), time),
                        limit.meter().resetAt(windows, count, time),
                        applied.rule().shadow()));
            }
        }
        return usage;
    }
}
