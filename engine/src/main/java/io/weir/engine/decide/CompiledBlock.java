package io.weir.engine.decide;

import io.weir.engine.policy.BlockRule;
import java.util.List;

/**
 * A block with its strike counter.
 *
 * @param id under which its state stands in the entry of the subject
 */
record CompiledBlock(BlockRule rule, CompiledLimit strikes, int id, boolean shadow) {

    /** Whether a denial by those rules is a strike. */
    boolean struckBy(List<String> exhausted) {
        BlockRule.Offences offences = rule.offences();
        if (exhausted.isEmpty() || !offences.statuses().isEmpty()) {
            return false;
        }
        return offences.rules().isEmpty() || exhausted.stream().anyMatch(offences.rules()::contains);
    }

    /** How long the block of that level lasts, in ms; level 0 is the first. */
    long durationMs(int level) {
        List<Long> durations = rule.forMs();
        return durations.get(Math.min(level, durations.size() - 1));
    }
}
