package io.weir.edge;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.edge.local.EdgeAnswer;
import io.weir.edge.local.LocalCheck;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.decide.Registry;
import io.weir.wire.Followed;
import io.weir.wire.Topics;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An edge: what a gateway embeds to have its requests decided. It feeds request events to the enforcers, follows policies,
 * entities and the block list, and reads the answers to what it fed. May be used by many threads; none of them ever waits for
 * Kafka.
 *
 * <pre>
 *   check(request) ─► LocalCheck ─► answer, now
 *                      ▲  ▲   └───► Feed ───► weir.requests ───► enforcers
 *       weir.policies ─┘  └──────── Lessons ◄── weir.decisions ◄─────┘
 *       weir.entities, weir.blocklist           (one partition)
 * </pre>
 */
public final class EdgeNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeNode.class);
    private static final long SWEEP_MS = 5;
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final EdgeConfig config;
    private final @Nullable TokenHash tokens;
    private final Registry registry = new Registry();
    private final LocalCheck local;
    private final Lessons lessons;
    private final Unavailable unavailable;
    private final Awaited awaited;
    private final TopicReader follower;
    private final TopicReader replies;
    private final Feed feed;
    private final Worker sweeper;
    private final CheckCounts counts = new CheckCounts();

    /** Held here because registries hold on to what they measure only weakly. */
    private final EdgeFigures figures;

    private final String idPrefix;
    private final AtomicLong ids = new AtomicLong();
    private volatile int replyPartition;
    private volatile boolean closed;

    /** Whether what is known locally is there and new enough. */
    private volatile boolean current;

    private volatile double fill;

    EdgeNode(EdgeConfig config, @Nullable TokenHash tokens) {
        this.config = config;
        this.tokens = tokens;
        UnaryOperator<String> names = tokens == null ? UnaryOperator.identity() : tokens::hash;
        this.local = new LocalCheck(registry, System::currentTimeMillis, config.capacity(), names);
        this.lessons = new Lessons(config.lessons());
        this.unavailable = new Unavailable(registry, config.failClosed());
        this.awaited = new Awaited(config.awaited(), config.timeout().toNanos(), unavailable::decision);
        this.idPrefix = config.gateway() + '-' + Long.toString(new SecureRandom().nextLong() >>> 16, 36) + '-';
        this.follower = new TopicReader(
                "weir-edge-follow",
                config.consumer("follow"),
                Arrays.stream(Followed.values()).map(Followed::topic).toList(),
                true,
                partitions -> -1,
                new RegistryFollower(registry, local)::accept);
        this.replies = new TopicReader(
                "weir-edge-replies",
                config.consumer("replies"),
                List.of(Topics.DECISIONS),
                false,
                this::chooseReplyPartition,
                this::reply);
        this.feed = new Feed(
                config,
                new Feed.Surroundings(
                        registry,
                        unavailable,
                        awaited,
                        lessons,
                        local.ledger(),
                        names,
                        this::newId,
                        this::ready,
                        () -> replyPartition));
        this.figures =
                new EdgeFigures(local, lessons, feed, follower, replies, counts, awaited.unanswered(), () -> fill);
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
        long now = System.nanoTime();
        awaited.expire(now);
        current = ready() && !stale(now);
        fill = local.sweep();
        Thread.sleep(SWEEP_MS);
    }

    private boolean stale(long nanoTime) {
        long age = Math.max(follower.age(nanoTime), replies.age(nanoTime));
        return age > config.staleAfter().toNanos();
    }

    private void reply(ConsumerRecord<byte[], byte[]> record) {
        for (Decision decision : Replies.decode(record)) {
            awaited.complete(decision);
            lessons.learn(decision, System.nanoTime());
        }
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
     * Decides now, from what this edge knows, without waiting or locking; what is admitted is counted here at once and told
     * to the enforcers afterwards. One edge alone never admits more than a limit; what several admit together is in
     * {@code docs/edge.md}.
     *
     * <p>While the edge is not ready the answer is {@code UNAVAILABLE}, allowed or denied as the policy or else the builder's
     * {@code failClosed} says. When its view has become too old, a policy that fails closed denies so, too; by others it goes
     * on deciding from what it last knew.
     */
    public EdgeAnswer check(Request request) {
        EdgeAnswer answer = current || mayGuess(request) ? local.check(request) : unknown(request);
        if (answer.feeds()) {
            feed.offer(answer);
        }
        counts.count(answer);
        return answer;
    }

    /** Whether to decide by a view that is too old. */
    private boolean mayGuess(Request request) {
        return ready() && !unavailable.failClosed(request.domain());
    }

    private EdgeAnswer unknown(Request request) {
        return local.unavailable(request, !unavailable.failClosed(request.domain()));
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
        if (closed) {
            awaited.unanswered().count(Unanswered.Cause.CLOSED);
            return CompletableFuture.completedFuture(unavailable.decision(outgoing));
        }
        Awaited.Waiting waiting = awaited.add(outgoing, System.nanoTime());
        if (waiting == null) {
            return CompletableFuture.completedFuture(unavailable.decision(outgoing));
        }
        if (feed.offer(new Event(outgoing, waiting, Event.Kind.ASKED))) {
            feed.hurry();
        } else {
            awaited.giveUp(waiting, Unanswered.Cause.QUEUE);
        }
        return waiting.future();
    }

    /** Feeds hits that were already admitted. The request is charged whether or not it says that it is a report. */
    public void report(Request request) {
        Event event = new Event(asReport(outgoing(request)), null, Event.Kind.REPORTED);
        if (closed || !feed.offer(event)) {
            feed.counts().lost(event);
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
                id == null ? newId() : id, token == null || tokens == null ? token : tokens.hash(token));
    }

    private String newId() {
        return idPrefix + ids.incrementAndGet();
    }

    /** Policies, entities and block list, as followed. */
    public Registry registry() {
        return registry;
    }

    /** How it is, with reasons. */
    public EdgeHealth health() {
        long now = System.nanoTime();
        return new Checkup(closed, follower, replies, feed, sweeper, config).health(now, !ready() || stale(now));
    }

    /**
     * Shows what is measured of it to a Micrometer registry: {@code weir.edge.*}, listed in {@code
     * docs/edge.md}. Who does not call this needs no Micrometer.
     */
    public void meters(MeterRegistry meters) {
        new EdgeMeters(figures, config.gateway()).bindTo(meters);
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
