package io.weir.app.gateway;

import io.weir.edge.EdgeHealth;
import io.weir.edge.EdgeNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Whether requests are decided through this gateway, and if not, why not. Safe for use by many threads. */
final class GatewayReadiness {
    /** Brokers are asked every second: this long without an answer is no hiccup. */
    private static final Duration AWAY = Duration.ofSeconds(10);

    private final EdgeNode edge;
    private final String domain;
    private final Supplier<List<String>> also;
    private volatile boolean draining;

    /**
     * @param domain of requests that name no other
     * @param also why else it may not be ready
     */
    GatewayReadiness(EdgeNode edge, String domain, Supplier<List<String>> also) {
        this.edge = edge;
        this.domain = domain;
        this.also = also;
    }

    /** It is about to stop. */
    void draining() {
        draining = true;
    }

    /** Why it is not ready; empty when it is. */
    List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        if (draining) {
            reasons.add("draining: requests in flight are being ended");
        }
        EdgeHealth health = edge.health();
        if (!health.ready()) {
            reasons.addAll(health.reasons());
        }
        health.ages().values().stream()
                .max(Duration::compareTo)
                .filter(age -> age.compareTo(AWAY) > 0)
                .ifPresent(age -> reasons.add("no broker has answered for " + age.toSeconds() + " s"));
        reasons.addAll(also.get());
        if (health.ready() && edge.registry().policy(domain) == null) {
            reasons.add("no policy is in force for " + domain + "; weir policy apply puts one in force");
        }
        return reasons;
    }
}
