package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;

/** An enforcer in a process of its own that writes down every second how much it keeps. */
final class WatchedEnforcer {
    private static final Duration STARTING = Duration.ofMinutes(2);

    private WatchedEnforcer() {}

    /**
     * What it keeps.
     *
     * @param entries of the usage store, about, by RocksDB's estimate
     * @param stored bytes of all stores' files that are in use
     */
    record Figures(long entries, long stored) {
        static Figures read(Path file) {
            try {
                String[] numbers = Files.readString(file).split(" ");
                return new Figures(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
            } catch (IOException notYet) {
                return new Figures(0, 0);
            }
        }
    }

    /** Starts it; the figures are in that file. */
    static Child start(String bootstrapServers, Path state, Path figures, List<String> options) {
        return Child.start(
                state.resolveSibling("watched.log"),
                options,
                WatchedEnforcer.class,
                bootstrapServers,
                state.toString(),
                figures.toString());
    }

    private static long sum(KafkaStreams streams, String metric, String store) {
        return streams.metrics().values().stream()
                .filter(each -> each.metricName().name().equals(metric))
                .filter(each ->
                        store.isEmpty() || store.equals(each.metricName().tags().get("rocksdb-state-id")))
                .mapToLong(each -> each.metricValue() instanceof Number number ? number.longValue() : 0)
                .sum();
    }

    private static void write(KafkaStreams streams, Path figures) {
        String text = sum(streams, "estimate-num-keys", "usage") + " " + sum(streams, "live-sst-files-size", "");
        try {
            Path whole = Files.writeString(figures.resolveSibling("figures.new"), text);
            Files.move(whole, figures, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** @param args bootstrap servers, state folder, file of figures */
    public static void main(String[] args) throws Exception {
        Map<String, String> settings = Map.of("application.id", "weir");
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (Enforcer enforcer = Enforcer.start(EnforcerConfig.of(args[0], Path.of(args[1]), settings))) {
            if (!enforcer.awaitRunning(STARTING)) {
                throw new IllegalStateException("enforcer in state " + enforcer.state(), enforcer.failure());
            }
            enforcer.instrument(streams -> {
                var unused =
                        clock.scheduleWithFixedDelay(() -> write(streams, Path.of(args[2])), 0, 1, TimeUnit.SECONDS);
            });
            Child.serve("running");
        } finally {
            clock.shutdownNow();
        }
    }
}
