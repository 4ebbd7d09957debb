package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Cpu;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.decide.Subject;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends events as a gateway does, at a steady rate; an event's id is when it was due, in {@link System#nanoTime}. */
final class Feed implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final QuotaEngine engine;
    private final Workload.Stream stream;
    private final int batch;
    private final List<List<RequestEvent>> pending = new ArrayList<>();

    Feed(Cluster cluster, Workload workload, int batch, int lingerMs) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrapServers(),
                        "linger.ms",
                        lingerMs,
                        "batch.size",
                        128 * 1024,
                        "enable.idempotence",
                        true),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.engine = new QuotaEngine(cluster.registry());
        this.stream = workload.stream(2);
        this.batch = batch;
        for (int i = 0; i < cluster.partitions(); i++) {
            pending.add(new ArrayList<>(batch));
        }
    }

    /** Sends; returns how many events. */
    long send(int perSecond, int seconds) {
        Pace pace = new Pace(perSecond);
        long events = (long) perSecond * seconds;
        for (long i = 0; i < events; i++) {
            add(event(pace.await(i)));
        }
        for (int partition = 0; partition < pending.size(); partition++) {
            send(partition);
        }
        return events;
    }

    private RequestEvent event(long due) {
        return stream.next(System.currentTimeMillis(), Long.toString(due));
    }

    /** CPU time that an event costs before there is anything to send, in microseconds: a gateway has its requests already. */
    double makingMicros(int events) {
        long cpu = Cpu.own();
        long seen = 0;
        for (int i = 0; i < events; i++) {
            seen += event(System.nanoTime()).getPath().length();
        }
        if (seen == 0) {
            throw new IllegalStateException("expected events to have paths");
        }
        return (double) (Cpu.own() - cpu) / events;
    }

    private void add(RequestEvent event) {
        Subject at = engine.start(Conversions.request(event)).at();
        String key = at == null ? "" : at.value();
        if (batch == 1) {
            var unused = producer.send(new ProducerRecord<>(
                    Topics.REQUESTS, key.getBytes(StandardCharsets.UTF_8), Contracts.REQUEST.encode(event)));
            return;
        }
        int partition = Topics.partition(key, pending.size());
        pending.get(partition).add(event);
        if (pending.get(partition).size() == batch) {
            send(partition);
        }
    }

    private void send(int partition) {
        List<RequestEvent> events = pending.get(partition);
        if (!events.isEmpty()) {
            var unused = producer.send(new ProducerRecord<>(
                    Topics.REQUESTS, partition, null, Contracts.REQUESTS.encode(new RequestBatch(events))));
            events.clear();
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
