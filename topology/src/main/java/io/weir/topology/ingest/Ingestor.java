package io.weir.topology.ingest;

import io.weir.engine.decide.Registry;
import io.weir.schemas.Contracts;
import io.weir.schemas.Framing;
import io.weir.topology.Departure;
import io.weir.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running stream of one gateway's log. Those with the same application id share its partitions. For many threads. */
public final class Ingestor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ingestor.class);
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final KafkaStreams streams;
    private final Departure departure;
    private final Framing framing;
    private final IngestCounts counts = new IngestCounts();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Ingestor(IngestConfig config, LogConverter converter, int partitions, Framing framing) {
        this.framing = framing;
        streams = new KafkaStreams(
                IngestTopology.build(
                        config.topic(),
                        config.fromLatest() ? AutoOffsetReset.latest() : AutoOffsetReset.earliest(),
                        converter,
                        partitions,
                        new Registry(),
                        framing,
                        counts),
                config.streams());
        departure = new Departure(streams);
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener((now, before) -> {
            if (now == State.NOT_RUNNING || now == State.ERROR) {
                stopped.countDown();
            }
        });
    }

    /**
     * Checks the topics and starts. Returns at once; {@link #awaitRunning} waits for the first assignment.
     *
     * @throws MissingTopicException when the log or one of Weir's topics is not there
     * @throws KafkaException when the cluster does not answer
     * @throws io.weir.schemas.SchemaRegistryException when schemas are to be registered and cannot be
     */
    public static Ingestor start(IngestConfig config, LogConverter converter) {
        int partitions;
        try (Admin admin = Admin.create(config.admin())) {
            partitions = partitions(admin, config.topic());
        }
        Framing framing = config.framing().framing(Framing.FOREVER);
        framing.register(Topics.REQUESTS, List.of(Contracts.REQUEST, Contracts.REQUESTS));
        framing.register(Topics.DEAD_LETTERS, List.of(Contracts.DEAD_LETTER));
        Ingestor ingestor = new Ingestor(config, converter, partitions, framing);
        ingestor.streams.start();
        return ingestor;
    }

    /** The partition count of the requests' topic, after a look at all of them. */
    private static int partitions(Admin admin, String log) {
        Map<String, KafkaFuture<TopicDescription>> found = admin.describeTopics(
                        List.of(log, Topics.REQUESTS, Topics.DEAD_LETTERS, Topics.POLICIES))
                .topicNameValues();
        List<String> missing = new ArrayList<>();
        int partitions = 0;
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each : found.entrySet()) {
            TopicDescription topic = get(each.getKey(), each.getValue());
            if (topic == null) {
                missing.add(each.getKey());
            } else if (each.getKey().equals(Topics.REQUESTS)) {
                partitions = topic.partitions().size();
            }
        }
        if (!missing.isEmpty()) {
            throw new MissingTopicException(missing);
        }
        return partitions;
    }

    private static @Nullable TopicDescription get(String topic, KafkaFuture<TopicDescription> future) {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            if (failed.getCause() instanceof TopicAuthorizationException refused) {
                // The broker's refusal names no topic.
                throw new TopicAuthorizationException(
                        "topic " + topic + ": expected to be allowed to describe it, found: " + refused.getMessage(),
                        Set.of(topic));
            }
            throw failed.getCause() instanceof RuntimeException cause ? cause : new KafkaException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptException(interrupted);
        }
    }

    private StreamThreadExceptionResponse failed(Throwable exception) {
        LOG.error("The stream of a log stops on an error that it did not expect", exception);
        failure.compareAndSet(null, exception);
        departure.begin();
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** What it has done. */
    public IngestCounts counts() {
        return counts;
    }

    /** Whether partitions are assigned, so that the log is read. */
    public boolean running() {
        return streams.state() == State.RUNNING;
    }

    /** What made it stop, or null. */
    public @Nullable Throwable failure() {
        return failure.get();
    }

    /** Waits until it runs; returns false if it does not in that time, or has stopped. */
    public boolean awaitRunning(Duration patience) throws InterruptedException {
        long left = patience.toMillis();
        while (!running() && left > 0 && !stopped.await(20, TimeUnit.MILLISECONDS)) {
            left -= 20;
        }
        return running();
    }

    /** Finishes what is being converted, commits, leaves the group and stops; waits for at most 30 s. */
    @Override
    public void close() {
        framing.close();
        var unused = departure.complete(CLOSING);
    }
}
