package io.weir.app.answer;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A decider that has policies to answer by until it knows those in force.
 *
 * @param brought by domain
 */
record Meanwhile(Decider decider, Map<String, Policy> brought) implements Decider {
    Meanwhile {
        brought = Map.copyOf(brought);
    }

    @Override
    public CompletionStage<Decision> decide(Request request) {
        Policy known = brought.get(request.domain());
        return known == null || decider.policy(request.domain()) != null
                ? decider.decide(request)
                : decider.decide(request).thenApply(decision -> Unavailable.settled(decision, known.failClosed()));
    }

    @Override
    public void report(Request request) {
        decider.report(request);
    }

    @Override
    public @Nullable Policy policy(String domain) {
        Policy inForce = decider.policy(domain);
        return inForce == null ? brought.get(domain) : inForce;
    }
}
