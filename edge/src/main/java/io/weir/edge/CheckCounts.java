package io.weir.edge;

import io.weir.edge.local.EdgeAnswer;
import io.weir.engine.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How many requests were answered for which reason. Any thread. */
final class CheckCounts {
    private final Map<Reason, LongAdder> allowed = adders();
    private final Map<Reason, LongAdder> denied = adders();

    private static Map<Reason, LongAdder> adders() {
        Map<Reason, LongAdder> adders = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            adders.put(reason, new LongAdder());
        }
        return adders;
    }

    void count(EdgeAnswer answer) {
        of(answer.allowed() ? allowed : denied, answer.reason()).increment();
    }

    long allowed(Reason reason) {
        return of(allowed, reason).sum();
    }

    long denied(Reason reason) {
        return of(denied, reason).sum();
    }

    private static LongAdder of(Map<Reason, LongAdder> counts, Reason reason) {
        return Objects.requireNonNull(counts.get(reason));
    }
}
