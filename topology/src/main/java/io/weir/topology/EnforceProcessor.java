package io.weir.topology;

import io.weir.engine.Decision;
import io.weir.engine.InvalidRequestException;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.decide.Registry;
import io.weir.engine.decide.Subject;
import io.weir.engine.decide.Visit;
import io.weir.schemas.Contracts;
import io.weir.schemas.Framing;
import io.weir.schemas.UndecodableException;
import io.weir.schemas.avro.RequestEvent;
import io.weir.schemas.avro.VisitKind;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Makes the visits: decodes a record, hands its requests to the engine, and lets {@link RecordOutbox} send what comes of
 * them. A request that sits on another partition than its subject's value hashes to is sent on, once.
 */
final class EnforceProcessor implements Processor<byte[], byte[], byte[], Outgoing> {
    static final String VISITS = "visits-out";
    static final String DECISIONS = "decisions-out";
    static final String BLOCKLIST = "blocklist-out";
    static final String DEAD_LETTERS = "dead-letters-out";
    static final String HISTORY = "history";

    private static final Duration EXPIRY_PACE = Duration.ofSeconds(1);

    /** What one punctuation expires, so that no burst of deaths stalls the task; more where as many new ones come. */
    private static final int EXPIRED_AT_ONCE = 10_000;

    /** After that many punctuations without a record the task counts as idle, not as catching up. */
    private static final int IDLE_PUNCTUATIONS = 5;

    private final Registry registry;
    private final QuotaEngine engine;
    private final int partitions;
    private final TimeBounds bounds;
    private final Framing framing;
    private final ManualEnds manualEnds;
    private final Consumer<Decision> onlooker;
    private ProcessorContext<byte[], Outgoing> context;
    private StoredUsages usages;
    private RecordOutbox outbox;
    private EarlyCommit early;
    private int quietPunctuations;

    EnforceProcessor(
            Registry registry,
            int partitions,
            TimeBounds bounds,
            Framing framing,
            ManualEnds manualEnds,
            Consumer<Decision> onlooker) {
        this.bounds = bounds;
        this.framing = framing;
        this.manualEnds = manualEnds;
        this.onlooker = onlooker;
        this.registry = registry;
        this.engine = new QuotaEngine(registry);
        this.partitions = partitions;
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> context) {
        this.context = context;
        this.usages = new StoredUsages(
                HotStore.table(context.getStateStore(QuotaTopology.USAGE_STORE)),
                context.getStateStore(QuotaTopology.DUE_STORE),
                registry);
        this.early = EarlyCommit.of(context);
        this.outbox = new RecordOutbox(context, early, onlooker);
        context.schedule(EXPIRY_PACE, PunctuationType.WALL_CLOCK_TIME, this::expire);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        quietPunctuations = 0;
        RecordMetadata from = context.recordMetadata().orElse(RecordOutbox.Nowhere.INSTANCE);
        outbox.begin(record, from);
        usages.begin(record.timestamp());
        try {
            if (record.value() == null) {
                outbox.deadLetter("expected a record with a value, but found none", null);
            } else if (from.topic().equals(Topics.VISITS)) {
                visit(record.value());
            } else {
                requests(record.value(), from.partition(), record.timestamp());
            }
            usages.done();
        } finally {
            usages.release();
        }
        outbox.finish();
        early.done(outbox.events(), context.currentSystemTimeMs());
    }

    private void requests(byte[] value, int partition, long appended) {
        List<RequestEvent> events;
        try {
            events = Contracts.requests(framing.read(value));
        } catch (UndecodableException undecodable) {
            outbox.deadLetter(String.valueOf(undecodable.getMessage()), null);
            return;
        }
        for (RequestEvent event : events) {
            outbox.about(event, events.size() > 1);
            Request request = request(event, appended);
            if (request == null) {
                continue;
            }
            Visit visit = engine.start(request);
            if (misplaced(visit.at(), partition)) {
                outbox.reroute(visit);
            } else {
                outbox.at(visit.at());
                engine.visit(visit, usages, outbox);
            }
        }
    }

    private void visit(byte[] value) {
        io.weir.schemas.avro.Visit event;
        try {
            event = Contracts.VISIT.decode(value);
        } catch (UndecodableException undecodable) {
            outbox.deadLetter(String.valueOf(undecodable.getMessage()), null);
            return;
        }
        outbox.about(event.getEvent(), false);
        Visit visit;
        try {
            visit = Visits.visit(event);
        } catch (InvalidRequestException invalid) {
            boolean answered =
                    event.getKind() == VisitKind.REQUEST && event.getUnblocked().isEmpty();
            refuse(event.getEvent(), String.valueOf(invalid.getMessage()), answered);
            return;
        }
        outbox.at(visit.at());
        engine.visit(visit, usages, outbox);
    }

    /** The event's request; one whose values are out of range is answered so and null is returned. */
    private @Nullable Request request(RequestEvent event, long appended) {
        String refusal;
        try {
            Request request = Conversions.request(event);
            refusal = bounds.refuse(request.timestamp(), appended);
            if (refusal == null) {
                return request;
            }
        } catch (InvalidRequestException invalid) {
            refusal = String.valueOf(invalid.getMessage());
        }
        refuse(event, refusal, true);
        return null;
    }

    /** What cannot be decided is answered, where an answer is due, and kept. */
    private void refuse(RequestEvent event, String refusal, boolean answered) {
        if (answered) {
            outbox.decision(new Decision(
                    event.getRequestId(),
                    event.getDomain(),
                    event.getTimestamp(),
                    Outcome.DENY,
                    Reason.INVALID,
                    QuotaEngine.INVALID_STATUS,
                    null,
                    null,
                    List.of(),
                    0,
                    0,
                    List.of(),
                    refusal));
        }
        outbox.deadLetter(refusal, event.getRequestId());
    }

    private boolean misplaced(@Nullable Subject at, int partition) {
        return at != null && partition != Topics.partition(at.value(), partitions);
    }

    /**
     * Time is what the log's records say, as long as there are any: the wall clock runs ahead of a task that catches up.
     * Only blocks of a task with nothing to do are lifted by it. Blocks by hand are no task's own: the first one lifts them.
     */
    private void expire(long wallClock) {
        boolean idle = ++quietPunctuations > IDLE_PUNCTUATIONS;
        outbox.begin(new Record<>(null, null, wallClock), RecordOutbox.Nowhere.INSTANCE);
        long now = idle ? Math.max(wallClock, usages.now()) : usages.now();
        usages.begin(0);
        try {
            usages.expire(now, EXPIRED_AT_ONCE, outbox);
            usages.done();
        } finally {
            usages.release();
        }
        if (context.taskId().partition() == 0) {
            manualEnds.due(now).forEach(outbox::lift);
        }
        outbox.finish();
    }
}
