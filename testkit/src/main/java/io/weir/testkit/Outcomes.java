package io.weir.testkit;

import io.weir.engine.Decision;
import io.weir.engine.Reason;
import java.util.List;
import java.util.function.Predicate;

/** What a {@link QuotaFixture} decided, with checks that fail with all decisions in the message. */
public record Outcomes(List<Decision> decisions) {

    /** So many requests were allowed. */
    public Outcomes allowed(int count) {
        return count("allowed", count, Decision::allowed);
    }

    /** So many were denied, for whatever reason. */
    public Outcomes denied(int count) {
        return count("denied", count, decision -> !decision.allowed());
    }

    /** So many were decided for that reason. */
    public Outcomes reason(Reason reason, int count) {
        return count(reason.name(), count, decision -> decision.reason() == reason);
    }

    /** The last one was bound by that rule, with so much remaining. */
    public Outcomes lastBoundBy(String rule, String window, long remaining) {
        Decision last = last();
        boolean bound = last.binding() != null
                && last.binding().rule().equals(rule)
                && last.binding().window().equals(window)
                && last.binding().remaining() == remaining;
        return check(bound, "the last bound by " + rule + ", " + window + " with " + remaining + " remaining");
    }

    /** The last one is told to come back after so many ms. */
    public Outcomes retryAfterMs(long ms) {
        return check(last().retryAfterMs() == ms, "the last to retry after " + ms + " ms");
    }

    /** The last one's status for an edge. */
    public Outcomes status(int status) {
        return check(last().status() == status, "the last with status " + status);
    }

    /** The last decision. */
    public Decision last() {
        if (decisions.isEmpty()) {
            throw new AssertionError("expected a decision, but there is none");
        }
        return decisions.get(decisions.size() - 1);
    }

    private Outcomes count(String what, int expected, Predicate<Decision> counted) {
        long found = decisions.stream().filter(counted).count();
        return check(found == expected, expected + " " + what + ", found " + found);
    }

    private Outcomes check(boolean holds, String expected) {
        if (!holds) {
            StringBuilder all = new StringBuilder();
            decisions.forEach(decision -> all.append("\n  ").append(decision));
            throw new AssertionError("expected " + expected + ", in" + all);
        }
        return this;
    }
}
