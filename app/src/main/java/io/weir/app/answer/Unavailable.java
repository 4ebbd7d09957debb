package io.weir.app.answer;

import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import java.util.List;

/** What is denied or allowed for want of a decision. */
final class Unavailable {
    private static final int STATUS = 503;
    private static final long ASK_AGAIN_MS = 1_000;

    private Unavailable() {}

    /** The same decision, but for one that could not be had: that denies or allows as is said here. */
    static Decision settled(Decision decision, boolean closed) {
        if (decision.reason() != Reason.UNAVAILABLE || closed == !decision.allowed()) {
            return decision;
        }
        return new Decision(
                decision.requestId(),
                decision.domain(),
                decision.timestamp(),
                closed ? Outcome.DENY : Outcome.ALLOW,
                Reason.UNAVAILABLE,
                closed ? STATUS : 200,
                null,
                null,
                List.of(),
                0,
                closed ? ASK_AGAIN_MS : 0,
                List.of(),
                null);
    }
}
