package io.weir.app.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.weir.engine.Reason;
import io.weir.topology.Enforcer;
import java.util.EnumSet;
import java.util.List;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/** What there is to measure of an enforcer: its decisions, what it is doing, Kafka Streams and its clients. */
final class EnforcerMetrics implements AutoCloseable {
    private final MeterRegistry registry;
    private final DecisionMeter decisions;
    private @Nullable KafkaStreamsMetrics streams;

    EnforcerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.decisions = new DecisionMeter(
                registry,
                "weir.decisions",
                "Decisions made here",
                EnumSet.complementOf(EnumSet.of(Reason.UNAVAILABLE)),
                List.of());
    }

    /** What counts the decisions. */
    DecisionMeter decisions() {
        return decisions;
    }

    /** There is an enforcer. */
    void enforcer(Enforcer enforcer, Readiness readiness) {
        enforcer.instrument(client -> {
            KafkaStreamsMetrics bound = new KafkaStreamsMetrics(client);
            bound.bindTo(registry);
            streams = bound;
        });
        Gauge.builder("weir.ready", readiness, known -> known.reasons().isEmpty() ? 1 : 0)
                .description("1 while requests are decided here")
                .register(registry);
        for (KafkaStreams.State state : KafkaStreams.State.values()) {
            Gauge.builder("weir.state", enforcer, known -> known.state() == state ? 1 : 0)
                    .description("1 for the state that the enforcer is in")
                    .tag("state", state.name())
                    .register(registry);
        }
        Gauge.builder(
                        "weir.policies",
                        enforcer,
                        known -> known.registry().policies().size())
                .description("Policies in force")
                .register(registry);
        Gauge.builder(
                        "weir.blocks",
                        enforcer,
                        known -> known.registry().blocks().size())
                .description("Entries of the block list")
                .register(registry);
    }

    @Override
    public void close() {
        KafkaStreamsMetrics bound = streams;
        if (bound != null) {
            bound.close();
        }
    }
}
