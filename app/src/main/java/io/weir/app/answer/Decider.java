package io.weir.app.answer;

import io.weir.edge.EdgeNode;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.policy.Policy;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who decides requests. */
public interface Decider {
    /** The enforcers, as an edge reaches them. */
    static Decider of(EdgeNode edge) {
        return new Decider() {
            @Override
            public CompletionStage<Decision> decide(Request request) {
                return edge.decide(request);
            }

            @Override
            public void report(Request request) {
                edge.report(request);
            }

            @Override
            public @Nullable Policy policy(String domain) {
                CompiledPolicy known = edge.registry().policy(domain);
                return known == null ? null : known.policy();
            }
        };
    }

    /**
     * The same, where policies that are not known to be in force yet are known otherwise: clients are answered by them, and
     * what cannot be decided is denied or allowed as they say.
     *
     * @param brought by domain
     */
    default Decider meanwhile(Map<String, Policy> brought) {
        return brought.isEmpty() ? this : new Meanwhile(this, brought);
    }

    /** Asks; completes with a decision, at the latest when waiting for one is no use any more, and never fails. */
    CompletionStage<Decision> decide(Request request);

    /** Tells what has happened already. */
    void report(Request request);

    /** The policy in force for a domain, or null where none is known. */
    @Nullable
    Policy policy(String domain);
}
