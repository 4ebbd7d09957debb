package io.weir.benchmarks.process;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import io.weir.app.broker.EmbeddedBroker;
import io.weir.benchmarks.Settings;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.LagInfo;
import org.jspecify.annotations.Nullable;

/** What child processes are: a broker, an enforcer, a server that gateways stand before. */
public final class Roles {
    /** Options of both, as the launcher would have them for a process that is to stay within two gigabytes. */
    private static final List<String> OPTIONS = List.of("-Xms2g", "-Xmx2g", "-XX:+UseParallelGC");

    /** How long a child may take until it runs. */
    public static final Duration STARTING = Duration.ofMinutes(2);

    private Roles() {}

    /** Starts an embedded broker; it is ready with its {@code bootstrap.servers}. */
    public static Child broker(Path data) {
        return Child.start(data.resolveSibling("broker.log"), OPTIONS, "broker", data.toString());
    }

    /** Starts an enforcer; it is ready when it runs, and answers how many records its state lags behind. */
    public static Child enforcer(String bootstrapServers, Path state, Map<String, String> settings) {
        return streams("enforcer", bootstrapServers, state, settings);
    }

    /** Starts what moves an enforcer's records and is none; {@code settings} are an enforcer's and its own. */
    public static Child floor(String bootstrapServers, Path state, Map<String, String> settings) {
        return streams("floor", bootstrapServers, state, settings);
    }

    private static Child streams(String role, String bootstrapServers, Path state, Map<String, String> settings) {
        String[] args = Stream.concat(
                        Stream.of(role, bootstrapServers, state.toString()),
                        settings.entrySet().stream().map(setting -> setting.getKey() + "=" + setting.getValue()))
                .toArray(String[]::new);
        return Child.start(state.resolveSibling(role + ".log"), options(), args);
    }

    /** Starts a server that answers at once; it is ready with its URL. */
    public static Child upstream(Path folder) {
        return Child.start(folder.resolve("upstream.log"), List.of("-Xms128m", "-Xmx128m"), "upstream");
    }

    /** The enforcer's options: those of both and any in the system property {@code weir.enforcer.options}. */
    public static List<String> options() {
        String more = System.getProperty("weir.enforcer.options", "");
        if (more.isEmpty()) {
            return OPTIONS;
        }
        return Stream.concat(OPTIONS.stream(), Arrays.stream(more.split(" "))).toList();
    }

    /** In the child. */
    public static void runBroker(String data) throws IOException {
        try (EmbeddedBroker broker = EmbeddedBroker.start(Path.of(data), 0)) {
            Child.serve(broker.bootstrapServers());
        }
    }

    /** In the child. */
    public static void runUpstream() throws IOException {
        try (Server server = Server.builder()
                .port(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SessionProtocol.HTTP)
                .serviceUnder("/", (context, request) -> HttpResponse.of("served"))
                .build()) {
            server.start().join();
            Child.serve("http://127.0.0.1:" + server.activeLocalPort());
        }
    }

    /** In the child: those that follow the broker's address and the folder. */
    public static Settings settings(List<String> args) {
        return new Settings(args.subList(2, args.size()).toArray(String[]::new));
    }

    /** In the child. */
    public static void runEnforcer(List<String> args) throws Exception {
        Map<String, String> settings = settings(args).rest();
        try (Enforcer enforcer = Enforcer.start(EnforcerConfig.of(args.get(0), Path.of(args.get(1)), settings))) {
            if (!enforcer.awaitRunning(STARTING)) {
                throw new IllegalStateException("enforcer in state " + enforcer.state(), enforcer.failure());
            }
            AtomicReference<@Nullable KafkaStreams> streams = new AtomicReference<>();
            enforcer.instrument(streams::set);
            Child.serve("running", () -> Long.toString(lag(streams.get())));
        }
    }

    /** How many records what it keeps is behind its changelogs, copies of other enforcers' state included. */
    private static long lag(@Nullable KafkaStreams streams) {
        return streams == null
                ? 0
                : streams.allLocalStorePartitionLags().values().stream()
                        .flatMap(partitions -> partitions.values().stream())
                        .mapToLong(LagInfo::offsetLag)
                        .sum();
    }
}
