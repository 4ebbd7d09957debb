package io.weir.topology.ingest;

import io.weir.engine.Request;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.decide.Registry;
import io.weir.engine.decide.Subject;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.RequestEvent;
import io.weir.wire.Conversions;
import java.nio.ByteBuffer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Makes requests of the records of a log; what is none and should be one goes to dead letters, and the rest goes on. */
final class ConvertProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String REQUESTS = "requests-out";
    static final String DEAD_LETTERS = "dead-letters-out";

    /** Bytes of a value that a dead letter carries; of a larger one it says only where it is. */
    static final int MAX_LETTER = 3 << 20;

    private final LogConverter converter;
    private final QuotaEngine engine;
    private final RequestBatches batches;
    private final IngestCounts counts;
    private ProcessorContext<byte[], byte[]> context;

    ConvertProcessor(LogConverter converter, int partitions, Registry registry, IngestCounts counts) {
        this.converter = converter;
        this.engine = new QuotaEngine(registry);
        this.batches = new RequestBatches(partitions);
        this.counts = counts;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        counts.record();
        Source source = new Source(record, context.recordMetadata().orElseThrow());
        if (record.value() == null) {
            source.deadLetter("expected a record with a value, but found none", null, null);
            return;
        }
        for (Converted converted : converter.convert(new LogRecord(record.value(), record.timestamp(), source.id()))) {
            if (converted instanceof Converted.Event event) {
                counts.event();
                batches.add(event(event.request()), home(event.request()), source);
            } else if (converted instanceof Converted.Refused refused) {
                source.deadLetter(refused.reason(), refused.value(), refused.requestId());
            } else {
                counts.skipped();
            }
        }
        batches.finish(source);
    }

    private RequestEvent event(Request request) {
        return RequestEvent.newBuilder(Conversions.event(request))
                .setGateway(converter.gateway())
                .build();
    }

    /** What the policies that are known here say; the enforcer looks for itself. */
    private @Nullable String home(Request request) {
        Subject at = engine.start(request).at();
        return at == null ? null : at.value();
    }

    /** The record that is being converted, and what comes of it. */
    private final class Source implements RequestBatches.Out {
        private final Record<byte[], byte[]> record;
        private final RecordMetadata at;

        Source(Record<byte[], byte[]> record, RecordMetadata at) {
            this.record = record;
            this.at = at;
        }

        String id() {
            return at.topic() + "/" + at.partition() + "/" + at.offset();
        }

        @Override
        public void send(byte @Nullable [] key, byte[] value) {
            context.forward(new Record<>(key, value, record.timestamp()), REQUESTS);
        }

        void deadLetter(String reason, byte @Nullable [] value, @Nullable String requestId) {
            counts.deadLetter();
            boolean carried = value == null || value.length <= MAX_LETTER;
            DeadLetter letter = DeadLetter.newBuilder()
                    .setTopic(at.topic())
                    .setPartition(at.partition())
                    .setOffset(at.offset())
                    .setReason(carried ? reason : reason + "; too large to be carried here")
                    .setKey(buffer(record.key()))
                    .setValue(carried ? buffer(value) : null)
                    .setRequestId(requestId)
                    .build();
            byte[] bytes = Contracts.DEAD_LETTER.encode(letter);
            context.forward(new Record<>(record.key(), bytes, record.timestamp()), DEAD_LETTERS);
        }
    }

    private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
