package io.weir.engine.decide;

import io.weir.engine.Request;
import java.util.List;
import java.util.Objects;

/**
 * Whom blocks of a policy are about: the attributes of their key with the values that somebody has there.
 *
 * @param attributes never empty, with {@code values} beside them
 */
public record BlockKey(List<String> attributes, List<String> values) {
    public BlockKey {
        attributes = List.copyOf(attributes);
        values = List.copyOf(values);
    }

    /** The keys under which an identity could be blocked by the policy of its domain; none where there is no policy. */
    public static List<BlockKey> of(Registry registry, Request identity) {
        CompiledPolicy policy = registry.policy(identity.domain());
        if (policy == null) {
            return List.of();
        }
        Facts facts = new Facts(identity, registry, policy.policy.ignoreCase());
        return policy.blocks.stream()
                .map(block -> Blocks.target(policy, block, facts))
                .filter(Objects::nonNull)
                .map(target -> new BlockKey(target.attributes(), target.values()))
                .distinct()
                .toList();
    }
}
