package io.weir.app.answer;

import io.weir.engine.policy.BlockRule;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.Rule;

/** Which responses a policy counts. */
final class Outcomes {
    private Outcomes() {}

    static boolean counted(Policy policy, int status) {
        for (Rule rule : policy.rules()) {
            if (rule.whenStatus().contains(status)) {
                return true;
            }
        }
        for (BlockRule block : policy.blocks()) {
            if (block.offences().statuses().contains(status)) {
                return true;
            }
        }
        return false;
    }
}
