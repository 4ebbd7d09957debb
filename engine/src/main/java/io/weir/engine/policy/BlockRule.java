package io.weir.engine.policy;

import java.util.List;
import java.util.Set;

/**
 * When a subject's offences earn it a block.
 *
 * @param after how many strikes, in which window, earn a block
 * @param forMs durations in ms of the first, second, … block; the last one repeats; never empty
 * @param offences what counts as a strike
 */
public record BlockRule(
        String name, List<KeyAttribute> key, Limit after, List<Long> forMs, Offences offences, boolean shadow) {
    /** The name that no block of a policy has: what operators put on the block list by hand is called so. */
    public static final String MANUAL = "manual";

    public BlockRule {
        key = List.copyOf(key);
        forMs = List.copyOf(forMs);
        if (key.isEmpty() || forMs.isEmpty()) {
            throw new IllegalArgumentException(
                    "a block needs a key and a duration, but had key " + key + ", for " + forMs);
        }
        if (after.count() < 1 || after.reference() != null || after.algorithm() == Limit.Algorithm.BUCKET) {
            throw new IllegalArgumentException("after must be a constant of at least 1 in a window, but was " + after);
        }
    }

    /**
     * What counts as a strike. Both empty: every throttled request.
     *
     * @param rules only requests throttled by one of these rules
     * @param statuses reports of one of these response statuses instead of throttles
     */
    public record Offences(Set<String> rules, Set<Integer> statuses) {
        public Offences {
            rules = Set.copyOf(rules);
            statuses = Set.copyOf(statuses);
        }
    }
}
