package io.weir.schemas;

import io.weir.schemas.avro.BlockEntry;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.DecisionBatch;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.schemas.avro.EntityDocument;
import io.weir.schemas.avro.PolicyDocument;
import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import io.weir.schemas.avro.UsageRecord;
import io.weir.schemas.avro.Visit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The record types, by what they are about. */
public final class Contracts {
    public static final Contract<RequestEvent> REQUEST = new Contract<>(RequestEvent.class);
    public static final Contract<RequestBatch> REQUESTS = new Contract<>(RequestBatch.class);
    public static final Contract<DecisionEvent> DECISION = new Contract<>(DecisionEvent.class);
    public static final Contract<DecisionBatch> DECISIONS = new Contract<>(DecisionBatch.class);
    public static final Contract<Visit> VISIT = new Contract<>(Visit.class);
    public static final Contract<PolicyDocument> POLICY = new Contract<>(PolicyDocument.class);
    public static final Contract<EntityDocument> ENTITY = new Contract<>(EntityDocument.class);
    public static final Contract<BlockEntry> BLOCK = new Contract<>(BlockEntry.class);
    public static final Contract<UsageRecord> USAGE = new Contract<>(UsageRecord.class);
    public static final Contract<DeadLetter> DEAD_LETTER = new Contract<>(DeadLetter.class);

    private static final ThreadLocal<RequestDecoder> DECODER = ThreadLocal.withInitial(RequestDecoder::new);

    private Contracts() {}

    static List<Contract<?>> all() {
        return List.of(REQUEST, REQUESTS, DECISION, DECISIONS, VISIT, POLICY, ENTITY, BLOCK, USAGE, DEAD_LETTER);
    }

    /**
     * The events of a record of the requests topic, which is one event or a batch.
     *
     * @throws UndecodableException when it is neither
     */
    public static List<RequestEvent> requests(byte[] bytes) {
        long fingerprint = SingleObject.fingerprint(bytes);
        List<RequestEvent> events = current(fingerprint, bytes);
        if (events != null) {
            return events;
        }
        return REQUESTS.wrote(fingerprint) ? REQUESTS.decode(bytes).getEvents() : List.of(REQUEST.decode(bytes));
    }

    /** Of the current schema and without anything unusual: what is read without the generic reader. */
    private static @Nullable List<RequestEvent> current(long fingerprint, byte[] bytes) {
        if (fingerprint == REQUEST.fingerprint()) {
            RequestEvent event = DECODER.get().single(bytes);
            return event == null ? null : List.of(event);
        }
        return fingerprint == REQUESTS.fingerprint() ? DECODER.get().batch(bytes) : null;
    }

    /**
     * The decisions of a record of the decisions topic, which is one decision or a batch.
     *
     * @throws UndecodableException when it is neither
     */
    public static List<DecisionEvent> decisions(byte[] bytes) {
        long fingerprint = SingleObject.fingerprint(bytes);
        return DECISIONS.wrote(fingerprint) ? DECISIONS.decode(bytes).getDecisions() : List.of(DECISION.decode(bytes));
    }
}
