package io.weir.app.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Counts decisions by domain, outcome and reason. Made for every decision, by any thread: a look-up and an addition.
 *
 * <p>Requests name their domain, and anybody can make up names: one without a policy counts under an empty domain, so that
 * there are as many time series as policies. A decision that is made again after an aborted transaction counts again.
 */
public final class DecisionMeter implements Consumer<Decision> {
    private final MeterRegistry registry;
    private final String name;
    private final String description;
    private final Set<Reason> reasons;
    private final Map<String, Counts> domains = new ConcurrentHashMap<>();
    private final Counts others;

    /** Those of one domain. */
    private record Counts(Map<Reason, LongAdder> allowed, Map<Reason, LongAdder> denied) {
        private Counts() {
            this(new EnumMap<>(Reason.class), new EnumMap<>(Reason.class));
        }

        private Map<Reason, LongAdder> of(Outcome outcome) {
            return outcome == Outcome.ALLOW ? allowed : denied;
        }
    }

    /**
     * @param reasons those that there can be
     * @param governed domains known to have a policy
     */
    public DecisionMeter(
            MeterRegistry registry, String name, String description, Set<Reason> reasons, Collection<String> governed) {
        this.registry = registry;
        this.name = name;
        this.description = description;
        this.reasons = Set.copyOf(reasons);
        this.others = counts("");
        governed.forEach(domain -> domains.computeIfAbsent(domain, this::counts));
    }

    @Override
    public void accept(Decision decision) {
        Counts counts = domains.get(decision.domain());
        if (counts == null) {
            counts = governed(decision) ? domains.computeIfAbsent(decision.domain(), this::counts) : others;
        }
        LongAdder count = counts.of(decision.outcome()).get(decision.reason());
        if (count != null) {
            count.increment();
        }
    }

    private static boolean governed(Decision decision) {
        return switch (decision.reason()) {
            case NO_POLICY, INVALID, UNAVAILABLE -> false;
            default -> true;
        };
    }

    private Counts counts(String domain) {
        Counts counts = new Counts();
        for (Reason reason : reasons) {
            for (Outcome outcome : Outcome.values()) {
                if (possible(reason, outcome)) {
                    LongAdder adder = new LongAdder();
                    counts.of(outcome).put(reason, adder);
                    FunctionCounter.builder(name, adder, LongAdder::sum)
                            .description(description)
                            .tags("domain", domain, "outcome", outcome.name(), "reason", reason.name())
                            .register(registry);
                }
            }
        }
        return counts;
    }

    /** Series that never move would only be in the way. */
    private static boolean possible(Reason reason, Outcome outcome) {
        return switch (reason) {
            case WITHIN_LIMITS, ALLOW_LISTED, NO_POLICY, NO_RULE -> outcome == Outcome.ALLOW;
            case BLOCKED, DENY_LISTED, INVALID -> outcome == Outcome.DENY;
            case OVER_LIMIT, UNAVAILABLE -> true;
        };
    }
}
