package io.weir.engine.decide;

import io.weir.engine.match.Route;
import io.weir.engine.match.RoutePattern;
import io.weir.engine.match.RouteTable;
import io.weir.engine.policy.BlockRule;
import io.weir.engine.policy.Limit;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A policy made ready to decide: routes in a table, limits with their meters and slots. Immutable. */
public final class CompiledPolicy {
    final Policy policy;
    final List<CompiledRule> rules;
    final List<CompiledBlock> blocks;
    private final Map<Integer, CompiledLimit> limitsBySlot = new HashMap<>();

    public CompiledPolicy(Policy policy) {
        this.policy = policy;
        List<RoutePattern> patterns =
                policy.rules().stream().flatMap(rule -> rule.match().stream()).toList();
        RouteTable table = RouteTable.of(patterns, policy.ignoreCase());
        List<CompiledRule> compiled = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            compiled.add(CompiledRule.of(
                    policy.domain(),
                    rule,
                    rule.match().stream().map(table::route).toList(),
                    exceptions(rule, policy.ignoreCase()),
                    limits(rule),
                    policy.shadow() || rule.shadow()));
        }
        this.rules = List.copyOf(compiled);
        List<CompiledBlock> blocks = new ArrayList<>();
        for (BlockRule block : policy.blocks()) {
            CompiledLimit strikes = compile(block.name(), "strikes of " + block.name(), block.after());
            blocks.add(new CompiledBlock(block, strikes, strikes.slot(), policy.shadow() || block.shadow()));
        }
        this.blocks = List.copyOf(blocks);
    }

    /** The policy as it was written. */
    public Policy policy() {
        return policy;
    }

    @Nullable
    CompiledLimit limit(int slot) {
        return limitsBySlot.get(slot);
    }

    @Nullable
    CompiledBlock block(int id) {
        for (CompiledBlock block : blocks) {
            if (block.id() == id) {
                return block;
            }
        }
        return null;
    }

    private static List<Route> exceptions(Rule rule, boolean ignoreCase) {
        RouteTable table = RouteTable.of(rule.except(), ignoreCase);
        return rule.except().stream().map(table::route).toList();
    }

    /** Limits of different plans share a slot; two alike in one plan do not. */
    private List<CompiledLimit> limits(Rule rule) {
        Map<String, Integer> seen = new HashMap<>();
        Map<String, CompiledLimit> byIdentity = new HashMap<>();
        List<CompiledLimit> limits = new ArrayList<>();
        for (Limit limit : rule.limits()) {
            String plain = CompiledLimit.identity(rule.name(), limit);
            int ordinal = seen.merge(limit.plan() + "|" + plain, 1, Integer::sum);
            String identity = ordinal == 1 ? plain : plain + '|' + ordinal;
            CompiledLimit known = byIdentity.get(identity);
            CompiledLimit compiled = known == null
                    ? compile(rule.name(), identity, limit)
                    : CompiledLimit.of(known.slot(), rule.name(), limit, policy.zone());
            byIdentity.putIfAbsent(identity, compiled);
            limits.add(compiled);
        }
        return List.copyOf(limits);
    }

    private CompiledLimit compile(String owner, String identity, Limit limit) {
        int slot = Keys.hash(identity);
        while (limitsBySlot.containsKey(slot)) {
            slot = Keys.hash(identity + '#' + slot);
        }
        CompiledLimit compiled = CompiledLimit.of(slot, owner, limit, policy.zone());
        limitsBySlot.put(slot, compiled);
        return compiled;
    }
}
