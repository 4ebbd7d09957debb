package io.weir.edge;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.decide.Registry;
import io.weir.wire.Followed;
import io.weir.wire.Topics;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An edge: what a gateway embeds to have its requests decided. It feeds request events to the enforcers, follows policies,
 * entities and the block list, and reads the decisions it awaits. May be used by many threads; none of them ever waits for
 * Kafka.
 */
public final class EdgeNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeNode.class);
    private static final long SWEEP_MS = 5;
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final EdgeConfig config;
    private final @Nullable TokenHash tokens;
    private final Registry registry = new Registry();
    private final Unavailable unavailable;
    private final Awaited awaited;
    private final TopicReader follower;
    private final TopicReader replies;
    private final Feed feed;
    private final Worker sweeper;
    private final String idPrefix;
    private final AtomicLong ids = new AtomicLong();
    private volatile int replyPartition;
    private volatile boolean closed;

    EdgeNode(EdgeConfig config, @Nullable TokenHash tokens) {
        this.config = config;
        this.tokens = tokens;
        this.unavailable = new Unavailable(registry, config.failClosed());
        this.awaited = new Awaited(config.awaited(), config.timeout().toNanos(), unavailable::decision);
        this.idPrefix = config.gateway() + '-' + Long.toString(new SecureRandom().nextLong() >>> 16, 36) + '-';
        this.follower = new TopicReader(
                "weir-edge-follow",
                config.consumer("follow"),
                Arrays.stream(Followed.values()).map(Followed::topic).toList(),
                true,
                partitions -> -1,
                new RegistryFollower(registry)::accept);
        this.replies = new TopicReader(
                "weir-edge-replies",
                config.consumer("replies"),
                List.of(Topics.DECISIONS),
                false,
                this::chooseReplyPartition,
                this::reply);
        this.feed = new Feed(config, registry, awaited, this::ready, () -> replyPartition);
        this.sweeper = new Worker("weir-edge-sweep", this::sweep);
    }

    void start() {
        follower.start();
        replies.start();
        feed.start();
        sweeper.start();
    }

    /** Settings of an edge; {@link EdgeBuilder#build} starts it. */
    public static EdgeBuilder builder() {
        return new EdgeBuilder();
    }

    private int chooseReplyPartition(int partitions) {
        replyPartition =
                config.replyPartition() >= 0 ? config.replyPartition() : Topics.partition(config.gateway(), partitions);
        return replyPartition;
    }

    private void sweep() throws InterruptedException {
        awaited.expire(System.nanoTime());
        Thread.sleep(SWEEP_MS);
    }

    private void reply(ConsumerRecord<byte[], byte[]> record) {
        Replies.decode(record).forEach(awaited::complete);
    }

    /**
     * Waits until policies, entities and the block list are known and replies are read.
     *
     * @return whether they are
     */
    public boolean awaitReady(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            return follower.current().await(patience.toNanos(), TimeUnit.NANOSECONDS)
                    && replies.current().await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean ready() {
        return follower.isCurrent() && replies.isCurrent();
    }

    /**
     * Asks the enforcers. The stage completes with their decision, which lists every limit that was looked at; if none
     * comes within the timeout it completes, normally too, with reason {@code UNAVAILABLE} and allows or denies as the
     * policy says. A request that comes before the edge is ready waits for that, within the same timeout. A request without
     * an id is given one.
     *
     * <p>What depends on the stage runs on the edge's own threads unless it is given another executor; it must not wait.
     */
    public CompletionStage<Decision> decide(Request request) {
        Request outgoing = outgoing(request).withDetails();
        Awaited.Waiting waiting = closed ? null : awaited.add(outgoing, System.nanoTime());
        if (waiting == null) {
            return CompletableFuture.completedFuture(unavailable.decision(outgoing));
        }
        if (feed.offer(new Event(outgoing, waiting))) {
            feed.hurry();
        } else {
            awaited.giveUp(waiting);
        }
        return waiting.future();
    }

    /** Feeds hits that were already admitted. The request is charged whether or not it says that it is a report. */
    public void report(Request request) {
        if (closed || !feed.offer(new Event(asReport(outgoing(request)), null))) {
            LOG.warn("A report is lost: more than {} events wait to be fed", config.queue());
        }
    }

    private static Request asReport(Request request) {
        return request.report() ? request : request.asReport();
    }

    /** The request as it leaves: with an id, its token hashed. */
    private Request outgoing(Request request) {
        String id = request.requestId();
        String token = request.token();
        return request.identified(
                id == null ? idPrefix + ids.incrementAndGet() : id,
                token == null || tokens == null ? token : tokens.hash(token));
    }

    /** Policies, entities and block list, as followed. */
    public Registry registry() {
        return registry;
    }

    /** How it is, with reasons. */
    public EdgeHealth health() {
        List<String> reasons = new ArrayList<>();
        boolean live = !closed;
        for (Worker worker : List.of(follower.worker(), replies.worker(), feed.worker(), sweeper)) {
            if (!worker.alive()) {
                live = false;
                reasons.add(worker.thread().getName() + " has stopped");
            } else if (worker.trouble() != null) {
                reasons.add(worker.thread().getName() + " goes on after: " + worker.trouble());
            }
        }
        for (TopicReader reader : List.of(follower, replies)) {
            if (!reader.isCurrent()) {
                reasons.add(reader.worker().thread().getName() + " " + reader.waitingFor());
            }
        }
        String refused = feed.refused();
        if (refused != null) {
            reasons.add("events are not taken: " + refused);
        }
        long now = System.nanoTime();
        Map<String, Duration> ages = new HashMap<>();
        follower.ages(now).forEach((partition, age) -> ages.put(partition.toString(), Duration.ofNanos(age)));
        replies.ages(now).forEach((partition, age) -> ages.put(partition.toString(), Duration.ofNanos(age)));
        return new EdgeHealth(live, live && ready(), reasons, ages, feed.queued(), feed.unacknowledged());
    }

    /** Sends what waits, for at most 5 s, answers whoever still awaits a decision, and stops. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        feed.close(CLOSING);
        sweeper.close();
        follower.close();
        replies.close();
        awaited.giveUpAll();
    }
}
