package io.weir.edge;

import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.decide.Registry;
import java.util.List;

/** The answer where the edge cannot know: allowed or denied as the policy says. */
final class Unavailable {
    /** What a policy that fails closed answers with. */
    static final int STATUS = 503;

    /** When to ask again, in ms. */
    static final long RETRY_AFTER_MS = 1_000;

    private final Registry registry;
    private final boolean failClosed;

    /** @param failClosed what holds for a domain without a known policy */
    Unavailable(Registry registry, boolean failClosed) {
        this.registry = registry;
        this.failClosed = failClosed;
    }

    /** Whether requests of that domain are denied when the edge cannot know. */
    boolean failClosed(String domain) {
        CompiledPolicy policy = registry.policy(domain);
        return policy == null ? failClosed : policy.policy().failClosed();
    }

    Decision decision(Request request) {
        boolean closed = failClosed(request.domain());
        return new Decision(
                request.requestId(),
                request.domain(),
                request.timestamp(),
                closed ? Outcome.DENY : Outcome.ALLOW,
                Reason.UNAVAILABLE,
                closed ? STATUS : 200,
                null,
                null,
                List.of(),
                0,
                closed ? RETRY_AFTER_MS : 0,
                List.of(),
                null);
    }
}
