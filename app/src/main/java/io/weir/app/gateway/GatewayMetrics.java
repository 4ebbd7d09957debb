package io.weir.app.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.app.admin.DecisionMeter;
import io.weir.app.answer.Answering;
import io.weir.edge.EdgeNode;
import io.weir.engine.Decision;
import io.weir.engine.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What there is to measure of a gateway: requests, decisions and how long they took, and its edge. */
final class GatewayMetrics implements Answering.Onlooker, RequestOnlooker {
    private static final Duration[] BUCKETS = Stream.of(1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100, 200, 500, 1_000, 5_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final DecisionMeter decisions;
    private final Timer waits;
    private final Map<Ended, Counter> requests = new ConcurrentHashMap<>();

    /** How requests end. */
    private record Ended(String outcome, int status) {}

    /** @param domains known to be governed */
    GatewayMetrics(MeterRegistry registry, EdgeNode edge, Collection<String> domains) {
        this.registry = registry;
        this.decisions = new DecisionMeter(
                registry,
                "weir.gateway.decisions",
                "Decisions awaited; UNAVAILABLE where none was had, ALLOW failing open, DENY failing closed",
                EnumSet.allOf(Reason.class),
                domains);
        this.waits = Timer.builder("weir.gateway.decision.wait")
                .description("How long requests waited for their decision, or for want of one")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        Gauge.builder("weir.policies", edge, each -> each.registry().policies().size())
                .description("Policies in force")
                .register(registry);
        Gauge.builder("weir.blocks", edge, each -> each.registry().blocks().size())
                .description("Entries of the block list")
                .register(registry);
        edge.meters(registry);
    }

    void ready(GatewayReadiness readiness) {
        Gauge.builder("weir.ready", readiness, known -> known.reasons().isEmpty() ? 1 : 0)
                .description("1 while requests are decided through this gateway")
                .register(registry);
    }

    @Override
    public void decided(Decision decision, long waitedNanos) {
        decisions.accept(decision);
        waits.record(waitedNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void answered(String outcome, int status) {
        requests.computeIfAbsent(new Ended(outcome, status), this::counter).increment();
    }

    private Counter counter(Ended ended) {
        return Counter.builder("weir.gateway.requests")
                .description(
                        "HTTP requests answered: passed on or told to pass, denied by a policy, refused as no good")
                .tags("outcome", ended.outcome(), "status", Integer.toString(ended.status()))
                .register(registry);
    }
}
