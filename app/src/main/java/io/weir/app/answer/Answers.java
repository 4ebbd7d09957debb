package io.weir.app.answer;

import io.weir.engine.Decision;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Renders decisions as their policies say, whichever edge asked. Templates are compiled when a policy is first seen, once. May
 * be used by many threads.
 */
public final class Answers {
    private final Map<String, CompiledAnswers> byDomain = new ConcurrentHashMap<>();

    /**
     * What the client of a request is to be told.
     *
     * @param policy the one in force for the request's domain, or null where none is known
     */
    public Answer answer(@Nullable Policy policy, Request request, Decision decision) {
        if (policy != null) {
            return compiled(policy).answer(request, decision);
        }
        if (decision.reason() == Reason.UNAVAILABLE && !decision.allowed()) {
            return CompiledAnswers.unavailable(decision);
        }
        return decision.allowed()
                ? new Answer(decision.status(), null, Map.of(), "")
                : Problem.of(decision.status(), "Denied", decision.message()).answer();
    }

    /**
     * What somebody who asks for their usage is to be told.
     *
     * @param policy with a usage path
     * @param limits those that count this client
     */
    public Answer usage(Policy policy, Request request, List<LimitView> limits) {
        return compiled(policy).usage(request, limits);
    }

    /** By identity: each time a policy is applied it is read anew, and comparing rules at every request would cost. */
    @SuppressWarnings("ReferenceEquality")
    private CompiledAnswers compiled(Policy policy) {
        CompiledAnswers known = byDomain.get(policy.domain());
        if (known == null || known.policy() != policy) {
            known = new CompiledAnswers(policy);
            byDomain.put(policy.domain(), known);
        }
        return known;
    }
}
