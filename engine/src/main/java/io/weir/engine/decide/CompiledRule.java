package io.weir.engine.decide;

import io.weir.engine.match.RequestPath;
import io.weir.engine.match.Route;
import io.weir.engine.policy.KeyAttribute;
import io.weir.engine.policy.Limit;
import io.weir.engine.policy.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A rule made ready to match.
 *
 * @param counts hits per window of each limit where they are the same for every request, else null
 * @param prefixes for each source of a key of one attribute, what its entries' keys begin with; else empty
 */
record CompiledRule(
        Rule rule,
        List<Route> match,
        List<Route> except,
        List<CompiledLimit> limits,
        boolean shadow,
        long @Nullable [] counts,
        List<String> prefixes) {

    static CompiledRule of(
            String domain,
            Rule rule,
            List<Route> match,
            List<Route> except,
            List<CompiledLimit> limits,
            boolean shadow) {
        return new CompiledRule(rule, match, except, limits, shadow, counts(limits), prefixes(domain, rule));
    }

    private static long @Nullable [] counts(List<CompiledLimit> limits) {
        long[] counts = new long[limits.size()];
        for (int i = 0; i < counts.length; i++) {
            Limit limit = limits.get(i).limit();
            if (limit.plan() != null || limit.reference() != null || limit.times() != null) {
                return null;
            }
            counts[i] = limit.count();
        }
        return counts;
    }

    private static List<String> prefixes(String domain, Rule rule) {
        return rule.key().size() > 1
                ? List.of()
                : rule.key().get(0).sources().stream()
                        .map(source -> Keys.entry(domain, List.of(source.text()), List.of("")))
                        .toList();
    }

    /** The key of the entry that counts for these values of its key attributes. */
    String entryKey(String domain, Facts.Value[] values) {
        if (values.length == 1) {
            List<KeyAttribute.Source> sources = rule.key().get(0).sources();
            for (int i = 0; i < prefixes.size(); i++) {
                if (sources.get(i).equals(values[0].source())) {
                    return Keys.entry(prefixes.get(i), values[0].text());
                }
            }
        }
        List<String> attributes = new ArrayList<>(values.length);
        List<String> texts = new ArrayList<>(values.length);
        for (Facts.Value value : values) {
            attributes.add(value.source().text());
            texts.add(value.text());
        }
        return Keys.entry(domain, attributes, texts);
    }

    /** Whether the rule is about this request's route and attributes. */
    boolean matches(Facts facts) {
        return matchesRoute(facts) && matchesAttributes(facts, false);
    }

    boolean matchesRoute(Facts facts) {
        return matchesRoute(facts.method(), facts.path());
    }

    boolean matchesRoute(String method, RequestPath path) {
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
