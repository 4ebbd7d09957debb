package io.weir.app.admin;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.weir.topology.Enforcer;
import java.util.List;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics}, in the text format of Prometheus: decisions, what the enforcer is doing, Kafka Streams and its clients,
 * the Java machine.
 */
final class Metrics implements Endpoints, AutoCloseable {
    private static final MediaType TEXT = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private @Nullable KafkaStreamsMetrics streams;
    private final DecisionMeter decisions = new DecisionMeter(registry);

    /** Those of the program itself. */
    Metrics() {
        List<MeterBinder> program = List.of(
                collections,
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        program.forEach(each -> each.bindTo(registry));
    }

    /** What counts the decisions of an enforcer. */
    DecisionMeter decisions() {
        return decisions;
    }

    /** Those of an enforcer too. */
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
    public void addTo(ServerBuilder server) {
        server.route()
                .get("/metrics")
                .build((context, request) -> HttpResponse.of(HttpStatus.OK, TEXT, registry.scrape()));
    }

    @Override
    public void close() {
        KafkaStreamsMetrics bound = streams;
        if (bound != null) {
            bound.close();
        }
        collections.close();
        registry.close();
    }
}
