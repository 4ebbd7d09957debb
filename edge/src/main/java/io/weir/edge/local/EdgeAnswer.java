package io.weir.edge.local;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.policy.Policy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an edge answers to one request: what a {@link Decision} says, at a fraction of its cost. 64 bytes, immutable. The
 * numbers are the edge's own view: what it has admitted and what the enforcers have told it.
 */
public final class EdgeAnswer {
    private final Request request;
    private final @Nullable RoutePlan plan;
    private final Reason reason;

    /** The limit that binds, or the name of the list entry or block, or what is wrong with the request. */
    private final @Nullable Object binding;

    private final long limit;
    private final long remaining;
    private final long resetAt;
    private final long retryAfterMs;

    EdgeAnswer(
            Request request,
            @Nullable RoutePlan plan,
            Reason reason,
            @Nullable Object binding,
            long limit,
            long remaining,
            long resetAt,
            long retryAfterMs) {
        this.request = request;
        this.plan = plan;
        this.reason = reason;
        this.binding = binding;
        this.limit = limit;
        this.remaining = remaining;
        this.resetAt = resetAt;
        this.retryAfterMs = retryAfterMs;
    }

    /** An answer that no limit had a part in. */
    static EdgeAnswer of(Request request, @Nullable RoutePlan plan, Reason reason, @Nullable String binding) {
        return new EdgeAnswer(request, plan, reason, binding, 0, 0, 0, 0);
    }

    /** The request; its timestamp is the time at which it was decided. */
    public Request request() {
        return request;
    }

    @Nullable
    RoutePlan plan() {
        return plan;
    }

    public boolean allowed() {
        return switch (reason) {
            case WITHIN_LIMITS, ALLOW_LISTED, NO_POLICY, NO_RULE -> true;
            case UNAVAILABLE -> retryAfterMs == 0;
            case OVER_LIMIT -> request.report();
            case BLOCKED, DENY_LISTED, INVALID -> false;
        };
    }

    /**
     * Whether the enforcers are to hear of it: as a report where it was admitted, as a request where it was denied for a
     * limit. What is answered by lists, blocks or for want of rules changes nothing there.
     */
    public boolean feeds() {
        return reason == Reason.WITHIN_LIMITS
                || reason == Reason.OVER_LIMIT
                || (reason == Reason.UNAVAILABLE && allowed());
    }

    public Outcome outcome() {
        return allowed() ? Outcome.ALLOW : Outcome.DENY;
    }

    public Reason reason() {
        return reason;
    }

    /** HTTP status to answer with: 200 when allowed, else what the policy's responses say. */
    public int status() {
        if (allowed() || plan == null) {
            return allowed() ? 200 : Decision.UNAVAILABLE_STATUS;
        }
        Policy policy = plan.policy().policy();
        return switch (reason) {
            case BLOCKED, DENY_LISTED -> policy.responses().blocked().status();
            case INVALID -> QuotaEngine.INVALID_STATUS;
            case UNAVAILABLE -> Decision.UNAVAILABLE_STATUS;
            default -> policy.responses().throttled().status();
        };
    }

    /** The rule, block or list entry that binds, or null where none does. */
    public @Nullable String rule() {
        if (reason == Reason.INVALID) {
            return null;
        }
        return binding instanceof Tracked tracked ? tracked.rule() : (String) binding;
    }

    /** The name of the limit that binds, or null where none does. */
    public @Nullable String window() {
        return binding instanceof Tracked tracked ? tracked.limit().name() : null;
    }

    /** Hits per window of the limit that binds; 0 where none does. */
    public long limit() {
        return limit;
    }

    /** Hits left of the limit that binds. */
    public long remaining() {
        return remaining;
    }

    /** Epoch ms at which the binding window or the block ends; 0 where there is neither. */
    public long resetAt() {
        return resetAt;
    }

    /** Milliseconds until an equal request would be admitted; 0 when it was. */
    public long retryAfterMs() {
        return retryAfterMs;
    }

    /** The same as a decision, with every limit that was looked at as it stands now. */
    public Decision decision() {
        LimitUsage usage = binding instanceof Tracked tracked
                ? new LimitUsage(
                        tracked.rule(),
                        tracked.limit().name(),
                        tracked.windowMs(),
                        limit,
                        remaining,
                        resetAt,
                        retryAfterMs)
                : null;
        List<LimitUsage> limits = plan == null || usage == null
                ? List.of()
                : plan.policy().check().limits(this, usage);
        return new Decision(
                request.requestId(),
                request.domain(),
                request.timestamp(),
                outcome(),
                reason,
                status(),
                rule(),
                usage,
                limits,
                resetAt,
                retryAfterMs,
                List.of(),
                reason == Reason.INVALID ? (String) binding : null);
    }

    @Override
    public String toString() {
        return outcome() + " " + reason + (binding == null ? "" : " by " + rule()) + " of " + request;
    }
}
