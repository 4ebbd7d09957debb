package io.weir.edge.local;

import io.weir.engine.match.RequestPath;
import io.weir.engine.match.Route;
import io.weir.engine.policy.KeyAttribute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which rules are about requests of one method and path, found once and used for all of them. Immutable.
 *
 * @param method as the client sent it
 * @param text the path as the client sent it, without what no rule looks at
 * @param canonicalMethod in upper case
 * @param shortcut for requests that it can decide, or null
 */
record RoutePlan(
        EdgePolicy policy,
        String method,
        String text,
        String canonicalMethod,
        RequestPath path,
        EdgeRule[] rules,
        @Nullable Shortcut shortcut) {

    static RoutePlan of(EdgePolicy policy, String method, String text) {
        String canonical = method.toUpperCase(Locale.ROOT);
        RequestPath path = RequestPath.parse(text, policy.policy().ignoreCase());
        List<EdgeRule> rules = new ArrayList<>(4);
        for (EdgeRule rule : policy.rules()) {
            if (rule.matches(canonical, path)) {
                rules.add(rule);
            }
        }
        EdgeRule[] inOrder = inOrderOfVisits(rules);
        return new RoutePlan(policy, method, text, canonical, path, inOrder, Shortcut.of(inOrder, policy.mainKey()));
    }

    /** Rules of one partition attribute together, as the engine looks at them: it matters where limits bind alike. */
    private static EdgeRule[] inOrderOfVisits(List<EdgeRule> rules) {
        Map<KeyAttribute, List<EdgeRule>> visits = new LinkedHashMap<>();
        for (EdgeRule rule : rules) {
            visits.computeIfAbsent(rule.rule().key().get(0), first -> new ArrayList<>())
                    .add(rule);
        }
        return visits.values().stream().flatMap(List::stream).toArray(EdgeRule[]::new);
    }

    /** What the route gives to the key of a rule ({@code route}, {@code path.<name>}), or null. */
    @Nullable
    String value(KeyAttribute.Source source, EdgeRule rule) {
        Route route = rule.route(canonicalMethod, path);
        if (source.kind() == KeyAttribute.Kind.ROUTE) {
            return route == null ? path.toString() : route.text();
        }
        return route == null ? null : route.parameter(source.name(), path);
    }
}
