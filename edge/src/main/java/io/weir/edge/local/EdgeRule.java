package io.weir.edge.local;

import io.weir.engine.match.RequestPath;
import io.weir.engine.match.Route;
import io.weir.engine.policy.Limit;
import io.weir.engine.policy.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule made ready for the local check.
 *
 * @param index its place among the policy's
 * @param planned whether its limits depend on the plan
 * @param constant whether every request that it is about has the same limits: no plans, nothing taken from entities
 * @param plain whether it counts every such request, with the hits that the request has
 */
record EdgeRule(
        int index,
        Rule rule,
        List<Route> match,
        List<Route> except,
        KeyTuple key,
        Tracked[] limits,
        boolean shadow,
        boolean planned,
        boolean constant,
        boolean plain) {

    static EdgeRule of(
            int index,
            Rule rule,
            List<Route> match,
            List<Route> except,
            KeyTuple key,
            Tracked[] limits,
            boolean shadow) {
        boolean planned = rule.limits().stream().anyMatch(limit -> limit.plan() != null);
        boolean constant = !planned && rule.limits().stream().allMatch(EdgeRule::constant);
        boolean plain = rule.where().isEmpty() && rule.whenStatus().isEmpty() && rule.hitsAttribute() == null;
        return new EdgeRule(index, rule, match, except, key, limits, shadow, planned, constant, plain);
    }

    private static boolean constant(Limit limit) {
        return limit.reference() == null && limit.times() == null;
    }

    /** Whether it is about requests of that route. */
    boolean matches(String method, RequestPath path) {
        if (!match.isEmpty() && route(method, path) == null) {
            return false;
        }
        for (Route route : except) {
            if (route.matches(method, path)) {
                return false;
            }
        }
        return true;
    }

    /** The first of its routes that matches, or null when it has none. */
    @Nullable
    Route route(String method, RequestPath path) {
        for (Route route : match) {
            if (route.matches(method, path)) {
                return route;
            }
        }
        return null;
    }
}
