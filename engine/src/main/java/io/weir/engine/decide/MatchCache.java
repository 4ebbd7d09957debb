package io.weir.engine.decide;

import io.weir.engine.match.RequestPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which rules of a policy match a method and path, remembered for those that recur: looking a path up costs a
 * fraction of parsing it and matching it against every route. Bounded; for one thread.
 */
final class MatchCache {
    private static final int MAX_PATHS = 1024;
    private static final int MAX_METHODS = 16;

    /** Longer paths are not kept: they would cost memory and seldom recur. */
    private static final int MAX_LENGTH = 256;

    /** What is known of a method and path: the rules whose routes they match. */
    record Match(String method, RequestPath path, List<CompiledRule> rules) {}

    private final CompiledPolicy shared;
    private final CompiledPolicy policy;
    private final Map<String, Map<String, Match>> byMethod = new HashMap<>();

    /** @param shared the policy in force, which this thread gets a copy of that no other thread's cores have to share */
    MatchCache(CompiledPolicy shared) {
        this.shared = shared;
        this.policy = new CompiledPolicy(shared.policy());
    }

    /** Whether this is about the policy in force, that very object. */
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(CompiledPolicy inForce) {
        return shared == inForce;
    }

    CompiledPolicy policy() {
        return policy;
    }

    Match match(String method, String path) {
        Map<String, Match> known = byMethod.get(method);
        Match match = known == null ? null : known.get(path);
        if (match == null) {
            match = look(method, path);
            if (path.length() <= MAX_LENGTH) {
                keep(method, path, match);
            }
        }
        return match;
    }

    private Match look(String method, String path) {
        String upper = method.toUpperCase(Locale.ROOT);
        RequestPath parsed = RequestPath.parse(path, policy.policy.ignoreCase());
        List<CompiledRule> rules = new ArrayList<>(policy.rules.size());
        for (CompiledRule rule : policy.rules) {
            if (rule.matchesRoute(upper, parsed)) {
                rules.add(rule);
            }
        }
        return new Match(upper, parsed, List.copyOf(rules));
    }

    private void keep(String method, String path, Match match) {
        if (byMethod.size() >= MAX_METHODS && !byMethod.containsKey(method)) {
            byMethod.clear();
        }
        Map<String, Match> paths = byMethod.computeIfAbsent(method, first -> new HashMap<>());
        if (paths.size() >= MAX_PATHS) {
            paths.clear();
        }
        paths.put(path, match);
    }
}
