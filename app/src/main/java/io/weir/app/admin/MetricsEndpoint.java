package io.weir.app.admin;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/** {@code /metrics}, in the text format of Prometheus: the Java machine, and whatever else is registered. */
public final class MetricsEndpoint implements Endpoints, AutoCloseable {
    private static final MediaType TEXT = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** Begins with those of the program itself. */
    public MetricsEndpoint() {
        List<MeterBinder> program = List.of(
                collections,
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        program.forEach(each -> each.bindTo(registry));
    }

    /** Where others register theirs. */
    public MeterRegistry registry() {
        return registry;
    }

    @Override
    public void addTo(ServerBuilder server) {
        server.route()
                .get("/metrics")
                .build((context, request) -> HttpResponse.of(HttpStatus.OK, TEXT, registry.scrape()));
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
