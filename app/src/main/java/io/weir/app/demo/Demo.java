package io.weir.app.demo;

import io.weir.app.input.Line;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.decide.Subject;
import io.weir.schemas.Contracts;
import io.weir.schemas.FramedDeserializer;
import io.weir.schemas.UndecodableException;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.schemas.avro.RequestEvent;
import io.weir.topology.Enforcer;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that feeds requests and follows their decisions.
 *
 * <p>One thread does both in turn. Decisions are read before they are committed, as an edge does; should a transaction be
 * aborted its decisions come again, and only the first for each request counts.
 */
public final class Demo {
    /** Requests fed and not yet decided, at most: what a slow enforcer makes the feed wait for. */
    private static final int IN_FLIGHT = 20_000;

    private static final int FED_AT_ONCE = 500;
    private static final Duration POLL = Duration.ofMillis(5);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    /** Some commits long: a strike travels in one, the block it earns in another. */
    private static final long SETTLING_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Enforcer enforcer;
    private final Map<String, Object> client;
    private final View view;
    private final BooleanSupplier interrupted;
    private final QuotaEngine engine;
    private final Map<String, Pending> pending = new HashMap<>();
    private final String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
    private long fed;
    private int inFlight;

    /** Requests of one id that wait, and when the last was sent. */
    private record Pending(int count, long sentAt) {}

    /**
     * @param client settings of the Kafka clients
     * @param interrupted whether the user wants to stop
     */
    public Demo(Enforcer enforcer, Map<String, Object> client, View view, BooleanSupplier interrupted) {
        this.enforcer = enforcer;
        this.client = client;
        this.view = view;
        this.interrupted = interrupted;
        this.engine = new QuotaEngine(enforcer.registry());
    }

    /**
     * Feeds until the lines, the time or the user's patience end, then waits for the decisions still to come.
     *
     * @param lines gives null at its end
     * @param speed how many times as fast as the timestamps; 0 is as fast as it goes
     * @param limit for how long, or null for no limit
     * @return whether every request got its decision
     */
    public boolean run(Supplier<@Nullable Line> lines, double speed, @Nullable Duration limit) {
        Map<String, Object> writing = new HashMap<>(client);
        writing.put("linger.ms", "1");
        writing.put("batch.size", Integer.toString(128 * 1024));
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer());
                KafkaConsumer<byte[], byte[]> consumer = follow()) {
            view.begin();
            long end = limit == null ? Long.MAX_VALUE : System.nanoTime() + limit.toNanos();
            feed(lines, speed, end, producer, consumer);
            producer.flush();
            boolean complete = drain(consumer);
            settle(consumer);
            view.summary(fed, inFlight, enforcer.registry().blocks());
            return complete;
        }
    }

    /** At the end of the decisions, whatever other runs have left there. */
    private KafkaConsumer<byte[], byte[]> follow() {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new FramedDeserializer(client));
        List<PartitionInfo> found = consumer.partitionsFor(Topics.DECISIONS);
        List<TopicPartition> partitions = found.stream()
                .map(each -> new TopicPartition(Topics.DECISIONS, each.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        return consumer;
    }

    private void feed(
            Supplier<@Nullable Line> lines,
            double speed,
            long end,
            KafkaProducer<byte[], byte[]> producer,
            KafkaConsumer<byte[], byte[]> consumer) {
        Pace pace = new Pace(speed);
        Line next = lines.get();
        while (next != null && System.nanoTime() < end && !interrupted.getAsBoolean() && enforcer.failure() == null) {
            for (int i = 0; next != null && i < FED_AT_ONCE && inFlight < IN_FLIGHT && pace.due(next); i++) {
                send(next, producer);
                next = lines.get();
            }
            follow(consumer);
        }
    }

    /** When lines are due, by their timestamps and the speed. */
    private static final class Pace {
        private final double speed;
        private final long began = System.nanoTime();
        private long first = -1;

        Pace(double speed) {
            this.speed = speed;
        }

        boolean due(Line line) {
            if (speed == 0 || !(line instanceof Line.Good good)) {
                return true;
            }
            long timestamp = good.request().timestamp();
            first = first < 0 ? timestamp : first;
            return System.nanoTime() - began >= (timestamp - first) * 1e6 / speed;
        }
    }

    private void send(Line line, KafkaProducer<byte[], byte[]> producer) {
        fed++;
        if (line instanceof Line.Bad bad) {
            view.bad(bad.message());
            view.decided("", Reason.INVALID, Outcome.DENY, null, 0);
            return;
        }
        Request request = ((Line.Good) line).request();
        RequestEvent event = Conversions.event(request);
        if (event.getRequestId() == null) {
            event = RequestEvent.newBuilder(event).setRequestId(run + "-" + fed).build();
        }
        String id = String.valueOf(event.getRequestId());
        Subject at = engine.start(request).at();
        byte[] key = at == null ? null : at.value().getBytes(StandardCharsets.UTF_8);
        pending.merge(id, new Pending(1, System.nanoTime()), (old, now) -> new Pending(old.count() + 1, now.sentAt()));
        inFlight++;
        var unused = producer.send(new ProducerRecord<>(Topics.REQUESTS, key, Contracts.REQUEST.encode(event)));
    }

    private boolean drain(KafkaConsumer<byte[], byte[]> consumer) {
        long progress = System.nanoTime();
        int before = inFlight;
        while (inFlight > 0 && enforcer.failure() == null && System.nanoTime() - progress < PATIENCE_NS) {
            follow(consumer);
            if (inFlight != before) {
                before = inFlight;
                progress = System.nanoTime();
            }
        }
        return inFlight == 0;
    }

    /** What the last denials caused, strikes and the blocks they earn, still travels when they are decided. */
    private void settle(KafkaConsumer<byte[], byte[]> consumer) {
        boolean blocks = enforcer.registry().policies().stream()
                .anyMatch(policy -> !policy.policy().blocks().isEmpty());
        long end = System.nanoTime() + SETTLING_NS;
        while (blocks && System.nanoTime() < end && enforcer.failure() == null) {
            follow(consumer);
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            long now = System.nanoTime();
            try {
                Contracts.decisions(record.value()).forEach(event -> decided(event, now));
            } catch (UndecodableException undecodable) {
                view.bad(String.valueOf(undecodable.getMessage()));
            }
        }
        view.show(inFlight, enforcer.registry());
    }

    private void decided(DecisionEvent event, long now) {
        String id = event.getRequestId();
        Pending waiting = id == null ? null : pending.get(id);
        if (id == null || waiting == null) {
            return;
        }
        if (waiting.count() == 1) {
            pending.remove(id);
        } else {
            pending.put(id, new Pending(waiting.count() - 1, waiting.sentAt()));
        }
        inFlight--;
        view.decided(
                event.getDomain(),
                Reason.valueOf(event.getReason().name()),
                Outcome.valueOf(event.getOutcome().name()),
                event.getSubject(),
                now - waiting.sentAt());
    }
}
