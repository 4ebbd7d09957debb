package io.weir.topology;

import io.weir.engine.Decision;
import io.weir.engine.decide.Registry;
import io.weir.schemas.Contracts;
import io.weir.schemas.Framing;
import io.weir.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running instance of the topology. Instances with the same application id share the partitions. May be used by many
 * threads.
 */
public final class Enforcer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Enforcer.class);
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final KafkaStreams streams;
    private final Departure departure;
    private final Framing framing;
    private final Registry registry;
    private final int partitions;
    private final UsageQueries usage;
    private volatile boolean closing;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Enforcer(
            EnforcerConfig config, Registry registry, int partitions, Framing framing, Consumer<Decision> onlooker) {
        this.framing = framing;
        this.registry = registry;
        this.partitions = partitions;
        HotState hot = config.hot(partitions, Runtime.getRuntime().maxMemory());
        this.streams = new KafkaStreams(
                QuotaTopology.build(registry, partitions, config.bounds(), framing, hot, onlooker), config.streams());
        String server = config.server().isEmpty() ? null : config.server();
        this.usage = new UsageQueries(streams, new UsageStore(streams), partitions, server);
        this.departure = new Departure(streams);
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener((now, before) -> {
            if (now == State.NOT_RUNNING || now == State.ERROR) {
                stopped.countDown();
            }
        });
    }

    /**
     * Checks or creates the topics and starts. Returns at once; {@link #awaitRunning} waits for the first assignment.
     *
     * @throws TopicLayoutException when existing topics would lose events or state
     * @throws org.apache.kafka.common.KafkaException when the cluster does not answer
     * @throws io.weir.schemas.SchemaRegistryException when schemas are to be registered and cannot be
     */
    public static Enforcer start(EnforcerConfig config) {
        return start(config, decision -> {});
    }

    /**
     * The same, with somebody who counts.
     *
     * @param onlooker hears of every decision as it is made, from the stream threads, perhaps again after an abort
     */
    public static Enforcer start(EnforcerConfig config, Consumer<Decision> onlooker) {
        int partitions;
        try (Admin admin = Admin.create(config.admin())) {
            partitions = new TopicCheck(admin, config).ensure();
        }
        Framing framing = config.framing().framing(Framing.FOREVER);
        framing.register(Topics.DECISIONS, List.of(Contracts.DECISION, Contracts.DECISIONS));
        framing.register(Topics.BLOCKLIST, List.of(Contracts.BLOCK));
        framing.register(Topics.USAGE, List.of(Contracts.USAGE));
        framing.register(Topics.DEAD_LETTERS, List.of(Contracts.DEAD_LETTER));
        Enforcer enforcer = new Enforcer(config, new Registry(), partitions, framing, onlooker);
        enforcer.streams.start();
        return enforcer;
    }

    private StreamThreadExceptionResponse failed(Throwable exception) {
        if (closing) {
            // A record that waited for a schema registry is let go; whoever takes over reads it again.
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOG.error("The enforcer stops on an error that it did not expect", exception);
        failure.compareAndSet(null, exception);
        departure.begin();
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** What is in force: policies, entities, the block list. */
    public Registry registry() {
        return registry;
    }

    /** Partition count of requests and visits. */
    public int partitions() {
        return partitions;
    }

    /** What has been used, as far as it is kept here. */
    public UsageQueries usage() {
        return usage;
    }

    /** Shows the streams client to a binder of its metrics, which must only look. */
    public void instrument(Consumer<KafkaStreams> binder) {
        binder.accept(streams);
    }

    /** The state of the streams client. */
    public State state() {
        return streams.state();
    }

    /** Whether partitions are assigned and restored, so that requests are decided. */
    public boolean running() {
        return streams.state() == State.RUNNING;
    }

    /** Whether its consumers have a connection to some broker: without, it runs and nothing comes. */
    public boolean connected() {
        return streams.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("connection-count"))
                .filter(metric -> metric.metricName().group().equals("consumer-metrics"))
                // Those that restore are not polled once they have, and do not notice.
                .filter(metric -> !String.valueOf(metric.metricName().tags().get("client-id"))
                        .endsWith("restore-consumer"))
                .anyMatch(metric -> metric.metricValue() instanceof Double count && count > 0);
    }

    /** What made it stop, or null. */
    public @Nullable Throwable failure() {
        return failure.get();
    }

    /** Waits until it runs; returns false if it does not in that time, or has stopped. */
    public boolean awaitRunning(Duration patience) throws InterruptedException {
        long deadline = patience.toMillis();
        while (!running() && deadline > 0 && !stopped.await(20, TimeUnit.MILLISECONDS)) {
            deadline -= 20;
        }
        return running();
    }

    /** Waits until it has stopped, by {@link #close} or by an error. */
    public void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    /** Finishes what is being processed, commits, leaves the group and stops; waits for at most 30 s. */
    @Override
    public void close() {
        closing = true;
        framing.close();
        var unused = departure.complete(CLOSING);
    }
}
