package io.weir.topology;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.Outbox;
import io.weir.engine.decide.Subject;
import io.weir.engine.decide.UsageReport;
import io.weir.engine.decide.Visit;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.RequestEvent;
import io.weir.wire.Conversions;
import io.weir.wire.DecisionEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Sends what comes of one record. The decisions of a batch leave as one batch for each reply partition, in the order of
 * the requests.
 */
final class RecordOutbox implements Outbox {
    /** A record of decisions that has become this large, in bytes, takes no more: far below {@link TopicLayouts#MAX_RECORD}. */
    private static final int MAX_BATCH = 1 << 20;

    /** A longer key, in bytes, is not given on: nothing that is decided has one. */
    private static final int MAX_KEY = 64 << 10;

    /** A larger value, in bytes, is not copied to a dead letter, which would not fit in a record. */
    private static final int MAX_COPY = TopicLayouts.MAX_RECORD - (256 << 10);

    private final ProcessorContext<byte[], Outgoing> context;
    /** Decisions that nobody awaits, and those that are, by the partition where they are. */
    private final DecisionEncoder unawaited = new DecisionEncoder();

    private final Map<Integer, DecisionEncoder> awaited = new LinkedHashMap<>();
    private final EarlyCommit early;
    private final Consumer<Decision> onlooker;
    private Record<byte[], byte[]> source;
    private RecordMetadata from;
    private @Nullable RequestEvent event;
    private boolean ofBatch;
    private int events;
    private @Nullable Subject at;

    /**
     * @param early hears of what is sent for other tasks to read
     * @param onlooker hears of every decision as it is made
     */
    RecordOutbox(ProcessorContext<byte[], Outgoing> context, EarlyCommit early, Consumer<Decision> onlooker) {
        this.context = context;
        this.early = early;
        this.onlooker = onlooker;
        this.source = new Record<>(null, null, 0);
        this.from = Nowhere.INSTANCE;
    }

    /** Where what no record caused comes from. */
    enum Nowhere implements RecordMetadata {
        INSTANCE;

        @Override
        public String topic() {
            return "";
        }

        @Override
        public int partition() {
            return -1;
        }

        @Override
        public long offset() {
            return -1;
        }
    }

    /** A record is being processed. */
    void begin(Record<byte[], byte[]> record, RecordMetadata metadata) {
        byte[] key = record.key();
        source = key == null || key.length <= MAX_KEY ? record : record.withKey(null);
        from = metadata;
        event = null;
        ofBatch = false;
        events = 0;
        at = null;
    }

    /** How many events the record has that is being processed. */
    int events() {
        return events;
    }

    /**
     * What comes next is about this request.
     *
     * @param among whether it is one of several in the record
     */
    void about(RequestEvent request, boolean among) {
        event = request;
        ofBatch = among;
        events++;
        at = null;
    }

    /** What comes next is found at this subject. */
    void at(@Nullable Subject subject) {
        at = subject;
    }

    /** The record is done: its decisions leave. */
    void finish() {
        send(unawaited, null);
        if (!awaited.isEmpty()) {
            awaited.forEach((reply, made) -> send(made, reply));
            awaited.clear();
        }
    }

    private void send(DecisionEncoder made, @Nullable Integer reply) {
        if (made.count() > 0) {
            send(EnforceProcessor.DECISIONS, source.key(), new Outgoing(made.record(), reply));
        }
    }

    private void send(String child, byte @Nullable [] key, Outgoing outgoing) {
        context.forward(new Record<>(key, outgoing, source.timestamp()), child);
    }

    @Override
    public void decision(Decision decision) {
        onlooker.accept(decision);
        Integer reply = event == null ? null : event.getReplyPartition();
        DecisionEncoder made =
                reply == null ? unawaited : awaited.computeIfAbsent(reply, first -> new DecisionEncoder());
        Subject subject = at;
        made.add(decision, subject == null ? null : subject.attribute(), subject == null ? null : subject.value());
        if (made.bytes() >= MAX_BATCH) {
            send(made, reply);
        }
    }

    @Override
    public void visit(Visit visit) {
        send(visit, false);
    }

    /** Sends a request to the partition where its subject is at home. */
    void reroute(Visit visit) {
        send(visit, true);
    }

    private void send(Visit visit, boolean rerouted) {
        RequestEvent request = event;
        Subject next = visit.at();
        if (request == null || next == null) {
            throw new IllegalStateException("only a request goes on, and to a subject: " + visit);
        }
        byte[] bytes = Contracts.VISIT.encode(Visits.event(visit, request, rerouted));
        early.sent();
        send(EnforceProcessor.VISITS, next.value().getBytes(StandardCharsets.UTF_8), new Outgoing(bytes, null));
    }

    @Override
    public void block(Block block) {
        listed(block, Contracts.BLOCK.encode(Conversions.entry(block)));
    }

    @Override
    public void lift(Block block) {
        listed(block, null);
    }

    private void listed(Block block, byte @Nullable [] value) {
        early.sent();
        byte[] key = Conversions.blockKey(block).getBytes(StandardCharsets.UTF_8);
        send(EnforceProcessor.BLOCKLIST, key, new Outgoing(value, null));
    }

    @Override
    public void usage(UsageReport report) {
        byte[] key = String.join("|", report.key()).getBytes(StandardCharsets.UTF_8);
        byte[] bytes = Contracts.USAGE.encode(Conversions.usage(report));
        send(EnforceProcessor.HISTORY, key, new Outgoing(bytes, null, report));
    }

    @Override
    public void rejected(Request request, String reason) {
        deadLetter(reason, request.requestId());
    }

    /** Copies the record, or of a batch the event that is not decided, to the dead letters. */
    void deadLetter(String reason, @Nullable String requestId) {
        byte[] value = event != null && ofBatch ? Contracts.REQUEST.encode(event) : source.value();
        boolean fits = value == null || value.length <= MAX_COPY;
        DeadLetter letter = DeadLetter.newBuilder()
                .setTopic(from.topic())
                .setPartition(from.partition())
                .setOffset(from.offset())
                .setReason(fits || value == null ? reason : reason + "; its " + value.length + " bytes are not copied")
                .setKey(buffer(source.key()))
                .setValue(fits ? buffer(value) : null)
                .setRequestId(requestId)
                .build();
        send(EnforceProcessor.DEAD_LETTERS, source.key(), new Outgoing(Contracts.DEAD_LETTER.encode(letter), null));
    }

    private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
