package io.weir.app.admin;

import io.weir.topology.Enforcer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether requests are decided here, and if not, why not. Safe for use by many threads. */
final class Readiness {
    private volatile @Nullable Enforcer enforcer;
    private volatile @Nullable String starting = "the enforcer has not started yet";

    /** There is an enforcer; what it waits for, if for anything, is known from it. */
    void enforcer(Enforcer begun) {
        enforcer = begun;
        starting = "policies are not in force yet";
    }

    /** Policies are in force. */
    void started() {
        starting = null;
    }

    /** Why requests are not decided here; empty when they are. */
    List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        String phase = starting;
        if (phase != null) {
            reasons.add(phase);
        }
        Enforcer known = enforcer;
        if (known == null) {
            return reasons;
        }
        Throwable failure = known.failure();
        if (failure != null) {
            reasons.add("the enforcer has stopped on an error: " + failure);
        } else if (!known.running()) {
            reasons.add("the enforcer is in state " + known.state() + ", expected RUNNING"
                    + (known.state().isRunningOrRebalancing() ? ": partitions are moving or being restored" : ""));
        } else if (!known.connected()) {
            reasons.add("the enforcer has no connection to any broker");
        }
        return reasons;
    }
}
