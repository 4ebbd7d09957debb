package io.weir.edge.local;

import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.match.Route;
import io.weir.engine.match.RoutePattern;
import io.weir.engine.match.RouteTable;
import io.weir.engine.policy.KeyAttribute;
import io.weir.engine.policy.Limit;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A policy made ready for the local check. Immutable but for its cache of routes. */
final class EdgePolicy {
    private final CompiledPolicy source;
    private final Policy policy;
    private final List<KeyTuple> keys = new ArrayList<>();
    private final EdgeRule[] rules;
    private final EdgeBlock[] blocks;
    private final RouteCache routes;
    private final @Nullable KeyTuple mainKey;
    private final LocalCheck check;

    EdgePolicy(CompiledPolicy source, LocalCheck check) {
        this.source = source;
        this.check = check;
        this.policy = source.policy();
        List<RoutePattern> patterns =
                policy.rules().stream().flatMap(rule -> rule.match().stream()).toList();
        RouteTable table = RouteTable.of(patterns, policy.ignoreCase());
        List<EdgeRule> compiled = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            List<Route> match = rule.match().stream().map(table::route).toList();
            compiled.add(EdgeRule.of(
                    compiled.size(),
                    rule,
                    match,
                    exceptions(rule),
                    key(rule.key()),
                    limits(rule),
                    policy.shadow() || rule.shadow()));
        }
        this.rules = compiled.toArray(EdgeRule[]::new);
        this.blocks = policy.blocks().stream()
                .filter(block -> !policy.shadow() && !block.shadow())
                .map(block -> new EdgeBlock(block, BlockIndex.seed(policy.domain(), block.name())))
                .toArray(EdgeBlock[]::new);
        KeyTuple first = keys.isEmpty() ? null : keys.get(0);
        this.mainKey = first == null || first.ofRequestLine() ? null : first;
        this.routes = new RouteCache(this, policy.rules().stream().anyMatch(EdgePolicy::asksForQuery));
    }

    private static boolean asksForQuery(Rule rule) {
        return rule.match().stream().anyMatch(pattern -> !pattern.query().isEmpty())
                || rule.except().stream().anyMatch(pattern -> !pattern.query().isEmpty());
    }

    private List<Route> exceptions(Rule rule) {
        RouteTable table = RouteTable.of(rule.except(), policy.ignoreCase());
        return rule.except().stream().map(table::route).toList();
    }

    private KeyTuple key(List<KeyAttribute> attributes) {
        for (KeyTuple known : keys) {
            if (known.attributes().equals(attributes)) {
                return known;
            }
        }
        KeyTuple made = KeyTuple.of(keys.size(), attributes);
        keys.add(made);
        return made;
    }

    private Tracked[] limits(Rule rule) {
        Map<String, Integer> seen = new HashMap<>();
        List<Tracked> limits = new ArrayList<>();
        for (Limit limit : rule.limits()) {
            String identity = policy.domain() + '\n' + Tracked.identity(rule.name(), limit);
            int ordinal = seen.merge(limit.plan() + "|" + identity, 1, Integer::sum);
            limits.add(Tracked.of(rule.name(), limit, identity + '\n' + ordinal, policy.zone(), check.limits()));
        }
        return limits.toArray(Tracked[]::new);
    }

    /** What it was made of. */
    CompiledPolicy source() {
        return source;
    }

    Policy policy() {
        return policy;
    }

    EdgeRule[] rules() {
        return rules;
    }

    /** Those that deny. */
    EdgeBlock[] blocks() {
        return blocks;
    }

    /** Who decides by it. */
    LocalCheck check() {
        return check;
    }

    /** The key of its first rule where a request's route and method have no part in that, or null. */
    @Nullable
    KeyTuple mainKey() {
        return mainKey;
    }

    /** How many lists of key attributes there are. */
    int keys() {
        return keys.size();
    }

    RoutePlan plan(String method, String path) {
        return routes.plan(method, path);
    }
}
