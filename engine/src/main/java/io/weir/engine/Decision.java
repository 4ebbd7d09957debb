package io.weir.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request.
 *
 * @param status HTTP status an edge answers with: 200 when allowed, else what the policy's responses say
 * @param rule the rule or block that binds, or null where none does
 * @param binding the binding limit, or null where no limit was looked at: when denied, the exhausted limit with the
 *     longest wait; when allowed, the limit with the fewest hits remaining (tie: the shorter window)
 * @param limits every limit that was looked at, the binding one first, if the request asked for {@link Request#detailed
 *     details}; else empty
 * @param resetAt epoch milliseconds of the binding window's end or the block's end; 0 where there is neither
 * @param retryAfterMs milliseconds until an equal request would be admitted were there no others; 0 when allowed
 * @param shadowed names of the rules, blocks or lists in shadow mode that would have denied this request
 * @param message what is wrong with an {@link Reason#INVALID} request, else null
 */
public record Decision(
        @Nullable String requestId,
        String domain,
        long timestamp,
        Outcome outcome,
        Reason reason,
        int status,
        @Nullable String rule,
        @Nullable LimitUsage binding,
        List<LimitUsage> limits,
        long resetAt,
        long retryAfterMs,
        List<String> shadowed,
        @Nullable String message) {

    /** The status of a request that is denied because nobody could decide it. */
    public static final int UNAVAILABLE_STATUS = 503;

    /** When it is worth asking again then, in ms. */
    public static final long UNAVAILABLE_RETRY_MS = 1_000;

    public Decision {
        limits = List.copyOf(limits);
        shadowed = List.copyOf(shadowed);
    }

    /**
     * The answer of an edge that could not have the request decided.
     *
     * @param closed whether it is denied
     */
    public static Decision unavailable(@Nullable String requestId, String domain, long timestamp, boolean closed) {
        return new Decision(
                requestId,
                domain,
                timestamp,
                closed ? Outcome.DENY : Outcome.ALLOW,
                Reason.UNAVAILABLE,
                closed ? UNAVAILABLE_STATUS : 200,
                null,
                null,
                List.of(),
                0,
                closed ? UNAVAILABLE_RETRY_MS : 0,
                List.of(),
                null);
    }

    public boolean allowed() {
        return outcome == Outcome.ALLOW;
    }
}
