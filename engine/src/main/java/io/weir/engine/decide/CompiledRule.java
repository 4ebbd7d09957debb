package io.weir.engine.decide;

import io.weir.engine.match.RequestPath;
import io.weir.engine.match.Route;
import io.weir.engine.policy.Rule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A rule made ready to match. */
record CompiledRule(Rule rule, List<Route> match, List<Route> except, List<CompiledLimit> limits, boolean shadow) {

    /** Whether the rule is about this request's route and attributes. */
    boolean matches(Facts facts) {
        return matchesRoute(facts) && matchesAttributes(facts, false);
    }

    boolean matchesRoute(Facts facts) {
        String method = facts.method();
        RequestPath path = facts.path();
        if (!match.isEmpty() && matchedRoute(method, path) == null) {
            return false;
        }
        for (Route route : except) {
            if (route.matches(method, path)) {
                return false;
            }
        }
        return true;
    }

    /** @param anyMethod whether a condition on the method does not matter */
    boolean matchesAttributes(Facts facts, boolean anyMethod) {
        for (Map.Entry<String, Set<String>> condition : rule.where().entrySet()) {
            if (anyMethod && condition.getKey().equals("method")) {
                continue;
            }
            String value = facts.named(condition.getKey());
            if (value == null || !condition.getValue().contains(value)) {
                return false;
            }
        }
        return true;
    }

    /** The first of its routes that matches, or null when it has none. */
    @Nullable
    Route matchedRoute(String method, RequestPath path) {
        for (Route route : match) {
            if (route.matches(method, path)) {
                return route;
            }
        }
        return null;
    }
}
