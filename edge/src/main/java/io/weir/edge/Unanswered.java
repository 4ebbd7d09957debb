package io.weir.edge;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How many requests that awaited a decision got none, and why. Any thread. */
final class Unanswered {
    /** Why there was no decision. */
    enum Cause {
        /** None came in time: the enforcers are away, late, or the timeout is too short. */
        TIMEOUT,
        /** As many as may wait for their decision did already. */
        WAITING,
        /** As many events as may wait to be fed did already: this machine is slower than its clients. */
        QUEUE,
        /** The brokers did not take the event. */
        BROKER,
        /** The edge was closed. */
        CLOSED
    }

    private final Map<Cause, LongAdder> counts = new EnumMap<>(Cause.class);

    Unanswered() {
        for (Cause cause : Cause.values()) {
            counts.put(cause, new LongAdder());
        }
    }

    void count(Cause cause) {
        of(cause).increment();
    }

    long sum(Cause cause) {
        return of(cause).sum();
    }

    private LongAdder of(Cause cause) {
        return Objects.requireNonNull(counts.get(cause));
    }
}
