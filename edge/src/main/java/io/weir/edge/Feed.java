package io.weir.edge;

import io.weir.edge.local.EdgeAnswer;
import io.weir.edge.local.Ledger;
import io.weir.edge.local.Lesson;
import io.weir.engine.Request;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.decide.Registry;
import io.weir.engine.decide.Subject;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The way of events to Kafka: bounded queues that any thread puts into without waiting, and a thread that takes out what
 * has gathered, packs it into a record for each partition, and sends that. While nothing can be sent the thread goes on
 * taking out, into a {@link Backlog} that sums hits.
 */
final class Feed {
    private static final Duration PRODUCER_CLOSING = Duration.ofSeconds(5);

    private final EdgeConfig config;
    private final Unavailable unavailable;
    private final Awaited awaited;
    private final Lessons lessons;
    private final Ledger ledger;
    private final QuotaEngine engine;
    private final UnaryOperator<String> tokens;
    private final Supplier<String> ids;
    private final BooleanSupplier ready;
    private final IntSupplier replyPartition;
    private final BoundedQueue<Event> queue;
    private final BoundedQueue<EdgeAnswer> answers;
    private final FeedCounts counts = new FeedCounts();
    private final Backlog backlog;
    private final Skew skew = new Skew();
    private final Sender sender;
    private final Worker worker;
    private final List<Batch> batches = new ArrayList<>();

    /** Questions that came before there was anyone to send them to, in order. */
    private final Queue<Event> early = new LinkedBlockingQueue<>();

    private int turn;
    private volatile boolean asleep;

    /**
     * What a feed works with.
     *
     * @param tokens what a token is called outside
     * @param ids makes an id for a request that has none
     * @param ready whether policies are known, without which nobody knows where an event belongs
     * @param replyPartition where answers are read
     */
    record Surroundings(
            Registry registry,
            Unavailable unavailable,
            Awaited awaited,
            Lessons lessons,
            Ledger ledger,
            UnaryOperator<String> tokens,
            Supplier<String> ids,
            BooleanSupplier ready,
            IntSupplier replyPartition) {}

    Feed(EdgeConfig config, Surroundings around) {
        this.config = config;
        this.unavailable = around.unavailable();
        this.awaited = around.awaited();
        this.lessons = around.lessons();
        this.ledger = around.ledger();
        this.engine = new QuotaEngine(around.registry());
        this.tokens = around.tokens();
        this.ids = around.ids();
        this.ready = around.ready();
        this.replyPartition = around.replyPartition();
        this.queue = new BoundedQueue<>(config.queue());
        this.answers = new BoundedQueue<>(config.queue());
        this.backlog = new Backlog(ledger, counts, config.backlog());
        this.sender = new Sender(config, awaited, counts, skew);
        this.worker = new Worker("weir-edge-feed", this::step);
    }

    void start() {
        worker.start();
    }

    /** Hands an event over, or returns false when too many wait. Any thread; never waits. */
    boolean offer(Event event) {
        return queue.offer(event);
    }

    /** Hands over what was decided here. Where too many wait, which this thread outran, it is lost. Any thread; never waits. */
    void offer(EdgeAnswer answer) {
        if (!answers.offer(answer)) {
            counts.lost(event(answer));
        }
    }

    private static Event event(EdgeAnswer answer) {
        return new Event(answer.request(), null, answer.allowed() ? Event.Kind.ADMITTED : Event.Kind.DENIED);
    }

    /** Has what waits sent at once. */
    void hurry() {
        if (asleep) {
            LockSupport.unpark(worker.thread());
        }
    }

    private void step() {
        sender.resend();
        keepOverdue();
        if (maySend() && !crowded()) {
            boolean done = drainKept() && !drain(false);
            ask();
            sendAll();
            if (done) {
                sleep();
            }
        } else {
            drain(true);
            if (maySend()) {
                drainKept();
                sendAll();
            } else {
                sleep();
            }
        }
    }

    private boolean maySend() {
        return mayStart() && !jammed();
    }

    /** Whether it is known where events belong; once so, always so. */
    private boolean mayStart() {
        return !batches.isEmpty() || (ready.getAsBoolean() && partitionsKnown());
    }

    private boolean jammed() {
        return sender.stuck() || sender.unacknowledged() >= config.unacknowledged();
    }

    /** Whether more comes than can be sent one by one. */
    private boolean crowded() {
        return answers.size() > config.queue() / 2 || queue.size() > config.queue() / 2;
    }

    private boolean partitionsKnown() {
        try {
            int partitions = sender.partitions(Topics.REQUESTS);
            for (int i = 0; i < partitions; i++) {
                batches.add(new Batch());
            }
            return true;
        } catch (TimeoutException unanswered) {
            return false;
        }
    }

    /** Asks what is due to be asked. */
    private void ask() {
        long now = System.nanoTime();
        for (Request question = lessons.questions().due(now);
                question != null;
                question = lessons.questions().due(now)) {
            pack(new Event(question, null, Event.Kind.DENIED));
        }
    }

    /** Takes out what waits, at most a queue of it; returns whether there is more. */
    private boolean drain(boolean keep) {
        Event event = null;
        for (int i = 0; i < config.queue() && (keep || !jammed()) && (event = queue.poll()) != null; i++) {
            take(event, keep);
        }
        EdgeAnswer answer = null;
        for (int i = 0; i < config.queue() && (keep || !jammed()) && (answer = answers.poll()) != null; i++) {
            take(event(answer), keep);
        }
        return event != null || answer != null;
    }

    private void take(Event event, boolean keep) {
        if (!keep) {
            pack(event);
        } else if (event.waiting() == null) {
            backlog.add(event);
        } else if (batches.isEmpty()) {
            early.add(event);
        } else {
            awaited.giveUp(event.waiting(), jammed() ? Unanswered.Cause.BROKER : Unanswered.Cause.QUEUE);
            keepUnanswered(event);
        }
    }

    /** Nobody asks any more: what was admitted for want of an answer counts. */
    private void keepUnanswered(Event event) {
        if (!unavailable.failClosed(event.request().domain())) {
            backlog.add(new Event(event.request().asReport(), null, Event.Kind.REPORTED));
        }
    }

    /** Those whose time ran out before anything could be sent; all wait equally long, so that they stand first. */
    private void keepOverdue() {
        for (Event event = early.peek(); event != null && event.answered(); event = early.peek()) {
            early.remove();
            keepUnanswered(event);
        }
    }

    /** Packs what was kept, hits before questions; returns whether nothing is left of it. */
    private boolean drainKept() {
        return drainBacklog() && drainEarly();
    }

    private boolean drainEarly() {
        while (!early.isEmpty() && !jammed()) {
            pack(early.remove());
        }
        return early.isEmpty();
    }

    private boolean drainBacklog() {
        int packed = 0;
        while (backlog.size() > 0 && !jammed()) {
            Event event = backlog.poll();
            if (event != null) {
                pack(event);
            }
            if (++packed >= config.queue()) {
                return false;
            }
        }
        return backlog.size() == 0;
    }

    private void sleep() {
        asleep = true;
        LockSupport.parkNanos(this, config.linger().toNanos());
        asleep = false;
    }

    private void pack(Event event) {
        Request outgoing = outgoing(event);
        Subject home = engine.start(outgoing).at();
        String key = home == null ? null : home.value();
        int partition = key == null ? Math.floorMod(turn++, batches.size()) : Topics.partition(key, batches.size());
        long limits = event.checked() ? ledger.fed(event.request(), event.kind() == Event.Kind.ADMITTED) : 0;
        Batch batch = batches.get(partition);
        batch.add(event, outgoing, key, limits);
        if (batch.isFull()) {
            send(partition, batch);
        }
    }

    private Request outgoing(Event event) {
        Request request = event.request();
        if (!event.checked()) {
            return request;
        }
        String token = request.token();
        Request admitted = event.kind() == Event.Kind.ADMITTED && !request.report() ? request.asReport() : request;
        return admitted.identified(request.requestId(), token == null ? null : tokens.apply(token));
    }

    private void sendAll() {
        for (int partition = 0; partition < batches.size(); partition++) {
            if (!batches.get(partition).isEmpty()) {
                send(partition, batches.get(partition));
            }
        }
    }

    private void send(int partition, Batch batch) {
        boolean[] asked = batch.asked();
        List<RequestEvent> events = new ArrayList<>(asked.length);
        List<Event> sent = new ArrayList<>(asked.length);
        for (int i = 0; i < asked.length; i++) {
            Batch.Packed packed = batch.events().get(i);
            sent.add(packed.event());
            events.add(asked[i] ? asking(packed) : plain(packed));
        }
        byte[] bytes = events.size() == 1
                ? Contracts.REQUEST.encode(events.get(0))
                : Contracts.REQUESTS.encode(new RequestBatch(events));
        String key = batch.key();
        batch.clear();
        counts.sent.add(events.size());
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        sender.send(new ProducerRecord<>(Topics.REQUESTS, partition, keyBytes, bytes), sent);
    }

    private RequestEvent plain(Batch.Packed packed) {
        Integer reply = packed.event().waiting() == null ? null : (Integer) replyPartition.getAsInt();
        return Conversions.event(packed.outgoing(), reply, config.gateway());
    }

    /** The event of a request from whose answer the edge learns. */
    private RequestEvent asking(Batch.Packed packed) {
        Lesson lesson = ledger.lesson(packed.event().request());
        if (lesson == null) {
            return plain(packed);
        }
        Request outgoing = packed.outgoing();
        String known = outgoing.requestId();
        String id = known == null ? ids.get() : known;
        lessons.questions().askedNow(packed.limits());
        lessons.expect(id, lesson, packed.limits(), packed.event().request(), System.nanoTime());
        Request asking = outgoing.identified(id, outgoing.token()).withDetails();
        return Conversions.event(asking, replyPartition.getAsInt(), config.gateway());
    }

    /** Events that wait to be sent, those included whose hits were summed. */
    int queued() {
        return queue.size() + answers.size() + backlog.size() + early.size();
    }

    /** Sums and events that are kept because they could not be sent. */
    int kept() {
        return backlog.size();
    }

    /** Bytes that were sent and not yet acknowledged. */
    long unacknowledged() {
        return sender.unacknowledged();
    }

    FeedCounts counts() {
        return counts;
    }

    Skew skew() {
        return skew;
    }

    /** What went wrong last in sending, or null. */
    @Nullable
    String trouble() {
        return sender.trouble();
    }

    Worker worker() {
        return worker;
    }

    /** Sends what waits, for at most {@code patience}, and stops. */
    void close(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (ready.getAsBoolean() && queued() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(this, 1_000_000);
        }
        worker.stop(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        sender.close(PRODUCER_CLOSING);
    }
}
