package io.weir.app.answer;

import io.weir.engine.Decision;
import io.weir.engine.Reason;

/** What is denied or allowed for want of a decision. */
final class Unavailable {
    private Unavailable() {}

    /** The same decision, but for one that could not be had: that denies or allows as is said here. */
    static Decision settled(Decision decision, boolean closed) {
        if (decision.reason() != Reason.UNAVAILABLE || closed == !decision.allowed()) {
            return decision;
        }
        return Decision.unavailable(decision.requestId(), decision.domain(), decision.timestamp(), closed);
    }
}
