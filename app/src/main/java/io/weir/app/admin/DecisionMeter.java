package io.weir.app.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Counts decisions by domain, outcome and reason. Made for every decision by the stream threads: a look-up and an addition.
 *
 * <p>Requests name their domain, and anybody can make up names: one without a policy counts under an empty domain, so that
 * there are as many time series as policies. A decision that is made again after an aborted transaction counts again.
 */
final class DecisionMeter implements Consumer<Decision> {
    private final MeterRegistry registry;
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

    DecisionMeter(MeterRegistry registry) {
        this.registry = registry;
        this.others = counts("");
    }

    @Override
    public void accept(Decision decision) {
        Counts counts = domains.get(decision.domain());
        if (counts == null) {
            boolean governed = decision.reason() != Reason.NO_POLICY && decision.reason() != Reason.INVALID;
            counts = governed ? domains.computeIfAbsent(decision.domain(), this::counts) : others;
        }
        LongAdder count = counts.of(decision.outcome()).get(decision.reason());
        if (count != null) {
            count.increment();
        }
    }

    private Counts counts(String domain) {
        Counts counts = new Counts();
        for (Reason reason : Reason.values()) {
            for (Outcome outcome : Outcome.values()) {
                if (possible(reason, outcome)) {
                    LongAdder adder = new LongAdder();
                    counts.of(outcome).put(reason, adder);
                    FunctionCounter.builder("weir.decisions", adder, LongAdder::sum)
                            .description("Decisions made here")
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
            case OVER_LIMIT -> true;
            case UNAVAILABLE -> false;
        };
    }
}
