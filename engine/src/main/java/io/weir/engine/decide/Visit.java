package io.weir.engine.decide;

import io.weir.engine.LimitUsage;
import io.weir.engine.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to one of the subjects it is counted against, carrying what was decided so far; or what a denial
 * sends back (refunds) or on (strikes).
 *
 * @param at the subject visited; null for a request that no rule counts
 * @param names REFUND: the rules to refund; STRIKE: the blocks to count a strike for; UNBLOCK:
 *     {@code attribute=value} of each attribute of the key
 * @param progress what earlier visits of a REQUEST found
 */
public record Visit(Kind kind, Request request, @Nullable Subject at, List<String> names, Progress progress) {
    public Visit {
        names = List.copyOf(names);
    }

    /** What a visit is for. */
    public enum Kind {
        /** Check and charge the rules of the subject; the last visit emits the decision. */
        REQUEST,
        /** Take back what an earlier visit charged. */
        REFUND,
        /** Count an offence towards blocks of the subject. */
        STRIKE,
        /** An operator lifts the blocks of a key; the request only says the domain and when. */
        UNBLOCK
    }

    /**
     * What earlier visits of a request found.
     *
     * @param visited the subjects visited, as {@link Subject#text()}, in order
     * @param charges what was charged there, for refunds
     * @param exhausted rules that had no room
     * @param wouldExhaust rules in shadow mode that had no room
     * @param binding the binding limit so far
     * @param limits every limit looked at so far, if the request asked for details
     * @param retryAfterMs the longest wait so far
     * @param shadowBinding whether the binding limit is one of a rule in shadow mode
     * @param shadowed names of what would have denied the request but is in shadow mode
     * @param duplicate whether the request id was seen before: nothing is charged
     */
    public record Progress(
            List<String> visited,
            List<Charge> charges,
            List<String> exhausted,
            List<String> wouldExhaust,
            @Nullable LimitUsage binding,
            List<LimitUsage> limits,
            long retryAfterMs,
            boolean shadowBinding,
            List<String> shadowed,
            boolean duplicate) {
        /** Nothing found yet. */
        public static final Progress NONE =
                new Progress(List.of(), List.of(), List.of(), List.of(), null, List.of(), 0, false, List.of(), false);

        public Progress {
            visited = List.copyOf(visited);
            charges = List.copyOf(charges);
            exhausted = List.copyOf(exhausted);
            wouldExhaust = List.copyOf(wouldExhaust);
            limits = List.copyOf(limits);
            shadowed = List.copyOf(shadowed);
        }

        /** Whether a rule that denies had no room. */
        public boolean denied() {
            return !exhausted.isEmpty();
        }
    }

    /**
     * A rule charged at a visit.
     *
     * @param stop index of the visit in {@link Progress#visited}
     * @param evenIfDenied whether the rule counts denied requests too, so that only a block takes the charge back
     */
    public record Charge(int stop, String rule, boolean evenIfDenied) {}
}
