package io.weir.wire;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.schemas.BinaryOut;
import io.weir.schemas.Contracts;
import java.util.EnumMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Collects decisions and writes them as one record, a single decision or a batch: several times faster than by way of the
 * generated classes, of which there would be one or two for every request. For one thread.
 *
 * <p>Fields must be written in the order of {@code DecisionEvent.avsc}; a test holds the two against each other.
 */
public final class DecisionEncoder {
    private static final Map<Outcome, Integer> OUTCOMES = numbers("outcome", Outcome.class);
    private static final Map<Reason, Integer> REASONS = numbers("reason", Reason.class);

    private final BinaryOut decisions = new BinaryOut();
    private final BinaryOut record = new BinaryOut();
    private int count;

    private static <E extends Enum<E>> Map<E, Integer> numbers(String field, Class<E> type) {
        Schema schema = Contracts.DECISION.schema().getField(field).schema();
        Map<E, Integer> numbers = new EnumMap<>(type);
        for (E value : type.getEnumConstants()) {
            if (schema.hasEnumSymbol(value.name())) {
                numbers.put(value, schema.getEnumOrdinal(value.name()));
            }
        }
        return numbers;
    }

    private static <E extends Enum<E>> int number(Map<E, Integer> numbers, E value) {
        Integer number = numbers.get(value);
        if (number == null) {
            throw new IllegalArgumentException("expected a value that the contract has, but was " + value);
        }
        return number;
    }

    /** How many have been added since the last record. */
    public int count() {
        return count;
    }

    /** How many bytes they take. */
    public int bytes() {
        return decisions.size();
    }

    /** Adds a decision of the subject {@code attribute=value}, or of none. */
    public void add(Decision decision, @Nullable String attribute, @Nullable String value) {
        BinaryOut out = decisions;
        optional(out, decision.requestId());
        out.string(decision.domain());
        out.number(decision.timestamp());
        out.number(number(OUTCOMES, decision.outcome()));
        out.number(number(REASONS, decision.reason()));
        out.number(decision.status());
        optional(out, decision.rule());
        LimitUsage binding = decision.binding();
        out.number(binding == null ? 0 : 1);
        if (binding != null) {
            limit(out, binding);
        }
        out.number(decision.resetAt());
        out.number(decision.retryAfterMs());
        out.number(decision.shadowed().size());
        if (!decision.shadowed().isEmpty()) {
            decision.shadowed().forEach(out::string);
            out.number(0);
        }
        optional(out, decision.message());
        optional(out, attribute == null ? null : attribute + "=" + value);
        out.number(decision.limits().size());
        if (!decision.limits().isEmpty()) {
            decision.limits().forEach(limit -> limit(out, limit));
            out.number(0);
        }
        count++;
    }

    private static void limit(BinaryOut out, LimitUsage limit) {
        out.string(limit.rule());
        out.string(limit.window());
        out.number(limit.limit());
        out.number(limit.remaining());
        out.number(limit.resetAt());
        out.number(limit.windowMs());
        out.number(limit.waitMs());
    }

    private static void optional(BinaryOut out, @Nullable String text) {
        out.number(text == null ? 0 : 1);
        if (text != null) {
            out.string(text);
        }
    }

    /** The record of what has been added, of which there must be something; begins anew. */
    public byte[] record() {
        if (count == 0) {
            throw new IllegalStateException("expected decisions to write, but there were none");
        }
        record.reset();
        if (count == 1) {
            Contracts.DECISION.begin(record);
            record.raw(decisions);
        } else {
            Contracts.DECISIONS.begin(record);
            record.number(count);
            record.raw(decisions);
            record.number(0);
        }
        decisions.reset();
        count = 0;
        return record.toByteArray();
    }
}
