package io.weir.edge;

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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The way of events to Kafka: a bounded queue that any thread puts into without waiting, and a thread that takes out what
 * has gathered, packs it into a record for each partition, and sends that.
 */
final class Feed implements AutoCloseable {
    /** The most events in a record. */
    static final int MAX_EVENTS = 500;

    /** Roughly the most characters of events in a record, far below what a broker takes by default, 1 MiB. */
    private static final int MAX_CHARACTERS = 200_000;

    private static final Duration PRODUCER_CLOSING = Duration.ofSeconds(5);

    private final EdgeConfig config;
    private final Awaited awaited;
    private final QuotaEngine engine;
    private final BooleanSupplier ready;
    private final IntSupplier replyPartition;
    private final BoundedQueue<Event> queue;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Worker worker;
    private final AtomicLong unacknowledged = new AtomicLong();
    private List<Batch> batches = List.of();
    private int turn;
    private volatile boolean asleep;
    private volatile @Nullable String refused;

    /** Events for one partition. */
    private static final class Batch {
        private final List<RequestEvent> events = new ArrayList<>();
        private final List<Awaited.Waiting> waiting = new ArrayList<>();
        private byte @Nullable [] key;
        private int characters;
    }

    /**
     * @param ready whether policies are known, without which nobody knows where an event belongs
     * @param replyPartition where decisions on awaited requests are read
     */
    Feed(EdgeConfig config, Registry registry, Awaited awaited, BooleanSupplier ready, IntSupplier replyPartition) {
        this.config = config;
        this.awaited = awaited;
        this.engine = new QuotaEngine(registry);
        this.ready = ready;
        this.replyPartition = replyPartition;
        this.queue = new BoundedQueue<>(config.queue());
        this.producer = new KafkaProducer<>(config.producer(), new ByteArraySerializer(), new ByteArraySerializer());
        this.worker = new Worker("weir-edge-feed", this::step);
    }

    void start() {
        worker.start();
    }

    /** Hands an event over, or returns false when too many wait. Any thread; never waits. */
    boolean offer(Event event) {
        return queue.offer(event);
    }

    /** Has what waits sent at once. */
    void hurry() {
        if (asleep) {
            LockSupport.unpark(worker.thread());
        }
    }

    private void step() {
        if (queue.isEmpty() || !ready.getAsBoolean() || unacknowledged.get() >= config.unacknowledged()) {
            sleep();
            return;
        }
        if (batches.isEmpty()) {
            batches = batches(producer.partitionsFor(Topics.REQUESTS).size());
        }
        Event event = null;
        for (int i = 0; i < config.queue() && (event = queue.poll()) != null; i++) {
            add(event);
        }
        for (int partition = 0; partition < batches.size(); partition++) {
            send(partition);
        }
        if (event == null) {
            sleep();
        }
    }

    private void sleep() {
        asleep = true;
        LockSupport.parkNanos(this, config.linger().toNanos());
        asleep = false;
    }

    private static List<Batch> batches(int partitions) {
        List<Batch> batches = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            batches.add(new Batch());
        }
        return batches;
    }

    private void add(Event event) {
        Request request = event.request();
        Subject home = engine.start(request).at();
        int partition =
                home == null ? Math.floorMod(turn++, batches.size()) : Topics.partition(home.value(), batches.size());
        Batch batch = batches.get(partition);
        if (batch.events.isEmpty()) {
            batch.key = home == null ? null : home.value().getBytes(StandardCharsets.UTF_8);
        }
        Integer reply = null;
        if (event.waiting() != null) {
            reply = replyPartition.getAsInt();
            batch.waiting.add(event.waiting());
        }
        batch.events.add(Conversions.event(request, reply, config.gateway()));
        batch.characters += size(request);
        if (batch.events.size() >= MAX_EVENTS || batch.characters >= MAX_CHARACTERS) {
            send(partition);
        }
    }

    private static int size(Request request) {
        int size = 200 + request.path().length() + length(request.token()) + length(request.user());
        for (var attribute : request.attributes().entrySet()) {
            size += attribute.getKey().length() + attribute.getValue().length();
        }
        return size;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private void send(int partition) {
        Batch batch = batches.get(partition);
        if (batch.events.isEmpty()) {
            return;
        }
        byte[] bytes = batch.events.size() == 1
                ? Contracts.REQUEST.encode(batch.events.get(0))
                : Contracts.REQUESTS.encode(new RequestBatch(batch.events));
        List<Awaited.Waiting> waiting = List.copyOf(batch.waiting);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(Topics.REQUESTS, partition, batch.key, bytes);
        batch.events.clear();
        batch.waiting.clear();
        batch.characters = 0;
        unacknowledged.addAndGet(bytes.length);
        var unused = producer.send(record, (metadata, failure) -> {
            unacknowledged.addAndGet(-bytes.length);
            refused = failure == null ? null : String.valueOf(failure.getMessage());
            if (failure != null) {
                waiting.forEach(awaited::giveUp);
            }
        });
    }

    /** Events that wait to be sent. */
    int queued() {
        return queue.size();
    }

    /** Bytes that were sent and not yet acknowledged. */
    long unacknowledged() {
        return unacknowledged.get();
    }

    /** Why the last record was not taken, or null when it was. */
    @Nullable
    String refused() {
        return refused;
    }

    Worker worker() {
        return worker;
    }

    /** Sends what waits, for at most {@code patience}, and stops. */
    void close(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (ready.getAsBoolean() && !queue.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(this, 1_000_000);
        }
        worker.stop(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        producer.close(PRODUCER_CLOSING);
    }

    @Override
    public void close() {
        close(PRODUCER_CLOSING);
    }
}
