package io.weir.benchmarks.load;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.weir.app.Main;
import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Roles;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What a gateway adds to a request: the same upstream asked directly and through {@code weir gateway}, which awaits a decision
 * on each. Broker, enforcer, gateway and upstream are processes of their own. Requests come at a steady rate over HTTP/1.1, and
 * latency counts from when a request was due, so that a stall is not hidden by the requests that it kept from being sent.
 */
public final class GatewayLatency {
    private static final String POLICY = """
        policy: benchmark
        rules:
          - { name: per-token, key: [token], limits: [1000000 per minute, 100000000 per day] }
        responses:
          headers: [ietf]
        """;
    private static final int TOKENS = 1_000;
    private static final long MAX_MICROS = TimeUnit.SECONDS.toMicros(30);
    private static final List<String> SMALL = List.of("-Xms512m", "-Xmx512m", "-XX:+UseParallelGC");

    private GatewayLatency() {}

    /**
     * What was measured.
     *
     * @param direct without the gateway, in microseconds
     * @param through with it, in microseconds
     * @param undecided requests through it that were not decided in time or failed
     */
    public record Measured(Histogram direct, Histogram through, long undecided) {}

    /** Measures, at {@code perSecond} requests per second. */
    public static Measured run(int perSecond, int warmupSeconds, int seconds) throws InterruptedException {
        try (Cluster cluster = Cluster.start(Map.of(), List.of(POLICY));
                Child upstream = Roles.upstream(cluster.folder())) {
            Child enforcer = cluster.enforcer();
            Child gateway = Child.start(
                    cluster.folder().resolve("gateway.log"),
                    SMALL,
                    Main.class,
                    "gateway",
                    "--domain=benchmark",
                    "--bootstrap-server=" + cluster.bootstrapServers(),
                    "--upstream=" + upstream.ready(),
                    "--listen=127.0.0.1:0",
                    "--no-grpc",
                    "--no-admin",
                    "--plain-tokens",
                    "--fail=closed",
                    "--timeout=5s");
            try {
                String url = gateway.ready().replaceAll(".*(http://[^ ]*) before .*", "$1");
                load(upstream.ready(), perSecond, warmupSeconds);
                Load direct = load(upstream.ready(), perSecond, seconds);
                load(url, perSecond, warmupSeconds);
                Load through = load(url, perSecond, seconds);
                return new Measured(direct.latency, through.latency, through.failed.sum());
            } finally {
                gateway.kill();
                enforcer.close();
            }
        }
    }

    /** Requests that were made. */
    private record Load(Histogram latency, LongAdder failed) {}

    private static Load load(String url, int perSecond, int seconds) {
        Load load = new Load(new ConcurrentHistogram(MAX_MICROS, 3), new LongAdder());
        LongAdder open = new LongAdder();
        try (ClientFactory factory = ClientFactory.builder().build()) {
            WebClient client = WebClient.builder(url.replace("http://", "h1c://"))
                    .factory(factory)
                    .responseTimeoutMillis(TimeUnit.MICROSECONDS.toMillis(MAX_MICROS))
                    .build();
            long began = System.nanoTime();
            for (long i = 0; i < (long) perSecond * seconds; i++) {
                long due = began + i * 1_000_000_000L / perSecond;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(Math.min(1_000_000, due - System.nanoTime()));
                }
                RequestHeaders headers = RequestHeaders.of(
                        HttpMethod.GET, "/orders/" + i % 100, HttpHeaderNames.AUTHORIZATION, "Bearer t" + i % TOKENS);
                open.increment();
                var unused = client.execute(headers).aggregate().handle((response, failure) -> {
                    load.latency.recordValue(Math.min(MAX_MICROS, (System.nanoTime() - due) / 1_000));
                    if (failure != null || response.status().code() != 200) {
                        load.failed.increment();
                    }
                    open.decrement();
                    return null;
                });
            }
            while (open.sum() > 0) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        return load;
    }
}
