package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Cpu;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.decide.Subject;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * From a gateway's event to the decision in another client, at a steady rate: how long it takes, and what all of it costs,
 * the feeding and the reading client included. Latency counts from when an event was due, so that a stall is not hidden
 * by the events that it kept from being sent.
 */
public final class EndToEnd {
    private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(2);

    private EndToEnd() {}

    /**
     * What was measured.
     *
     * @param latency from event to decision, in microseconds
     * @param micros CPU time of everything per event
     */
    public record Measured(Histogram latency, double micros, double perSecond) {}

    /**
     * Measures.
     *
     * @param batch events per record
     * @param perSecond events per second
     * @param committed whether the reader waits for transactions to commit
     */
    public static Measured run(
            Workload workload,
            int batch,
            int perSecond,
            boolean committed,
            Map<String, String> settings,
            int warmupSeconds,
            int seconds)
            throws Exception {
        try (Cluster cluster = Cluster.start(settings, workload.documents());
                Child enforcer = cluster.enforcer()) {
            AtomicBoolean stop = new AtomicBoolean();
            Reader reader = new Reader(cluster, committed, stop);
            Thread reading = new Thread(reader, "reader");
            reading.start();
            try (Feed feed = new Feed(cluster, workload, batch)) {
                feed.send(perSecond, warmupSeconds);
                reader.from = System.nanoTime();
                long cpu = Cpu.own() + enforcer.cpuMicros() + cluster.broker().cpuMicros();
                long began = System.nanoTime();
                long events = feed.send(perSecond, seconds);
                double took = (System.nanoTime() - began) / 1e9;
                double micros = (double) (Cpu.own()
                                + enforcer.cpuMicros()
                                + cluster.broker().cpuMicros()
                                - cpu)
                        / events;
                TimeUnit.SECONDS.sleep(1);
                stop.set(true);
                reading.join();
                return new Measured(reader.latency, micros, events / took);
            }
        }
    }

    /** Sends events at a steady rate; an event's id is when it was due. */
    private static final class Feed implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer;
        private final QuotaEngine engine;
        private final Workload.Stream stream;
        private final int batch;
        private final List<List<RequestEvent>> pending = new ArrayList<>();

        private Feed(Cluster cluster, Workload workload, int batch) {
            this.producer = new KafkaProducer<>(
                    Map.of(
                            "bootstrap.servers",
                            cluster.bootstrapServers(),
                            "linger.ms",
                            1,
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

        private long send(int perSecond, int seconds) {
            long events = (long) perSecond * seconds;
            long began = System.nanoTime();
            for (long i = 0; i < events; i++) {
                long due = began + i * 1_000_000_000L / perSecond;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(Math.min(1_000_000, due - System.nanoTime()));
                }
                RequestEvent event = stream.next(System.currentTimeMillis());
                add(RequestEvent.newBuilder(event)
                        .setRequestId(Long.toString(due))
                        .build());
            }
            for (int partition = 0; partition < pending.size(); partition++) {
                send(partition);
            }
            return events;
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

    /** Reads decisions as an edge does. */
    private static final class Reader implements Runnable {
        private final Cluster cluster;
        private final boolean committed;
        private final AtomicBoolean stop;
        private final Histogram latency = new Histogram(MAX_MICROS, 3);
        private volatile long from = Long.MAX_VALUE;

        private Reader(Cluster cluster, boolean committed, AtomicBoolean stop) {
            this.cluster = cluster;
            this.committed = committed;
            this.stop = stop;
        }

        @Override
        public void run() {
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers",
                            cluster.bootstrapServers(),
                            "isolation.level",
                            committed ? "read_committed" : "read_uncommitted"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                List<TopicPartition> partitions = consumer.partitionsFor(Topics.DECISIONS).stream()
                        .map(each -> new TopicPartition(Topics.DECISIONS, each.partition()))
                        .toList();
                consumer.assign(partitions);
                consumer.seekToEnd(partitions);
                while (!stop.get()) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                        read(record.value());
                    }
                }
            }
        }

        private void read(byte[] record) {
            long now = System.nanoTime();
            for (DecisionEvent decision : Contracts.decisions(record)) {
                long due = Long.parseLong(String.valueOf(decision.getRequestId()));
                if (due >= from) {
                    latency.recordValue(Math.min(MAX_MICROS, Math.max(0, (now - due) / 1000)));
                }
            }
        }
    }
}
