package io.weir.engine;

/** Why a decision came out as it did. */
public enum Reason {
    /** Every limit of every matching rule had room. */
    WITHIN_LIMITS,
    /** At least one limit had no room (for a report: has been exceeded). */
    OVER_LIMIT,
    /** The request's subject is blocked. */
    BLOCKED,
    /** An entry of the policy's allow list matched: nothing was counted. */
    ALLOW_LISTED,
    /** An entry of the policy's deny list matched. */
    DENY_LISTED,
    /** No policy governs the request's domain. */
    NO_POLICY,
    /** No rule of the policy applies. */
    NO_RULE,
    /** The request is malformed, too old, too far ahead, or lacks an attribute that a rule insists on. */
    INVALID,
    /**
     * An edge could not know: no decision came in time, or what it has learnt is too old. The policy says whether it then
     * allows or denies. Enforcers never give this reason.
     */
    UNAVAILABLE
}
