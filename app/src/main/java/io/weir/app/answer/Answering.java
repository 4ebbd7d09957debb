package io.weir.app.answer;

import io.weir.app.identity.Client;
import io.weir.app.identity.ClientRequest;
import io.weir.app.identity.Identities;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * From a client's request to its answer: who is asking, what is decided, what the policy says to tell. Knows of no proxy: what
 * passes a request on, or only tells another proxy whether to, comes after it. May be used by many threads; none waits.
 */
public final class Answering {
    private final String domain;
    private final Decider decider;
    private final Identities identities;
    private final InstantSource clock;
    private final @Nullable Boolean failClosed;
    private final Answers answers;
    private final Onlooker onlooker;

    /** Hears of every decision. */
    public interface Onlooker {
        /**
         * A request is decided. Called by the thread that brings the decision; must not wait.
         *
         * @param waitedNanos how long its client waited for it
         */
        void decided(Decision decision, long waitedNanos);
    }

    /**
     * A request and what is to be told its client.
     *
     * @param request the event that was decided
     * @param answer in full when the request is denied, else the headers to add
     */
    public record Answered(Request request, Decision decision, Answer answer) {
        public boolean passes() {
            return decision.allowed();
        }
    }

    /**
     * @param domain of all requests
     * @param failClosed whether requests that nobody decides in time are denied; null where the policy says it
     */
    public Answering(
            String domain, Decider decider, Identities identities, InstantSource clock, @Nullable Boolean failClosed) {
        this(domain, decider, identities, clock, failClosed, new Answers(), (decision, waited) -> {});
    }

    private Answering(
            String domain,
            Decider decider,
            Identities identities,
            InstantSource clock,
            @Nullable Boolean failClosed,
            Answers answers,
            Onlooker onlooker) {
        this.domain = domain;
        this.decider = decider;
        this.identities = identities;
        this.clock = clock;
        this.failClosed = failClosed;
        this.answers = answers;
        this.onlooker = onlooker;
    }

    /** The same for another domain. */
    public Answering of(String other) {
        return other.equals(domain)
                ? this
                : new Answering(other, decider, identities, clock, failClosed, answers, onlooker);
    }

    /** The same, where requests carry their identities elsewhere. */
    public Answering reading(Identities other) {
        return new Answering(domain, decider, other, clock, failClosed, answers, onlooker);
    }

    /** The same, where somebody hears of the decisions. */
    public Answering heardBy(Onlooker other) {
        return new Answering(domain, decider, identities, clock, failClosed, answers, other);
    }

    /** The policy to answer by; it may be another at the next call. */
    public @Nullable Policy policy() {
        return decider.policy(domain);
    }

    /**
     * Has a request decided.
     *
     * @param hits units it consumes; 0 asks without consuming
     * @throws io.weir.app.identity.BadRequestException when the request contradicts itself about who is asking
     */
    public CompletionStage<Answered> answer(ClientRequest request, long hits) {
        Client client = identities.read(request);
        return answer(client.request(domain, request, clock.millis(), hits));
    }

    /** Has an event of this domain decided. */
    public CompletionStage<Answered> answer(Request event) {
        long since = System.nanoTime();
        return decider.decide(event).thenApply(decision -> {
            Decision settled = settled(decision);
            onlooker.decided(settled, System.nanoTime() - since);
            return new Answered(event, settled, answers.answer(policy(), event, settled));
        });
    }

    /** What is denied or allowed for want of a decision, as this edge was told. */
    private Decision settled(Decision decision) {
        return failClosed == null ? decision : Unavailable.settled(decision, failClosed);
    }

    /** The page of a client's usage. */
    public Answer usage(Policy policy, Request request, List<LimitView> limits) {
        return answers.usage(policy, request, limits);
    }

    /** Tells how a request ended that was decided before, where the policy in force counts that. */
    public void outcome(Answered before, int status) {
        Policy policy = policy();
        if (policy != null && Outcomes.counted(policy, status)) {
            decider.report(before.request().outcome(clock.millis(), status));
        }
    }
}
