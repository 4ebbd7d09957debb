package io.weir.benchmarks.load;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Puts events on the requests topic, each on its subject's partition, one or several to a record. */
final class Backlog implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final QuotaEngine engine;
    private final int batch;
    private final List<List<RequestEvent>> pending = new ArrayList<>();
    private long records;

    Backlog(String bootstrapServers, Registry registry, int partitions, int batch) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "linger.ms",
                        20,
                        "batch.size",
                        512 * 1024,
                        "buffer.memory",
                        128 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.engine = new QuotaEngine(registry);
        this.batch = batch;
        for (int partition = 0; partition < partitions; partition++) {
            pending.add(new ArrayList<>(batch));
        }
    }

    void add(RequestEvent event) {
        Request request = Conversions.request(event);
        Subject at = engine.start(request).at();
        String key = at == null ? "" : at.value();
        int partition = Topics.partition(key, pending.size());
        if (batch == 1) {
            send(partition, key.getBytes(StandardCharsets.UTF_8), Contracts.REQUEST.encode(event));
            return;
        }
        List<RequestEvent> events = pending.get(partition);
        events.add(event);
        if (events.size() == batch) {
            send(partition, null, Contracts.REQUESTS.encode(new RequestBatch(events)));
            events.clear();
        }
    }

    private void send(int partition, byte @Nullable [] key, byte[] value) {
        records++;
        var unused = producer.send(new ProducerRecord<>(Topics.REQUESTS, partition, key, value));
    }

    /** Sends what is left and waits; returns how many records there are. */
    long finish() {
        for (int partition = 0; partition < pending.size(); partition++) {
            if (!pending.get(partition).isEmpty()) {
                send(partition, null, Contracts.REQUESTS.encode(new RequestBatch(pending.get(partition))));
                pending.get(partition).clear();
            }
        }
        producer.flush();
        return records;
    }

    @Override
    public void close() {
        producer.close();
    }
}
