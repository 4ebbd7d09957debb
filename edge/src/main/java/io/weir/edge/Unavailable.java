package io.weir.edge;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.decide.Registry;

/** The answer where the edge cannot know: allowed or denied as the policy says. */
final class Unavailable {
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
        return Decision.unavailable(
                request.requestId(), request.domain(), request.timestamp(), failClosed(request.domain()));
    }
}
