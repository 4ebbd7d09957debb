package io.weir.edge;

import io.weir.edge.local.Lesson;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Answers that an edge means to learn from, by the id of the request. Bounded: where there are too many the oldest is given
 * up, and the next answer about the same limits tells what it would have told. The feeding thread puts, another learns.
 */
final class Lessons {
    private final int capacity;
    private final Map<String, Expected> byId = new LinkedHashMap<>();
    private final Questions questions;
    private final LongAdder learnt = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder missed = new LongAdder();

    /** @param limits a number for the limits that the request is counted at */
    private record Expected(Lesson lesson, long limits, Request request, long since) {}

    Lessons(int capacity) {
        this.capacity = capacity;
        this.questions = new Questions(capacity);
    }

    synchronized void expect(String id, Lesson lesson, long limits, Request request, long nanoTime) {
        byId.put(id, new Expected(lesson, limits, request, nanoTime));
        if (byId.size() > capacity) {
            Iterator<Expected> oldest = byId.values().iterator();
            oldest.next();
            oldest.remove();
            missed.increment();
        }
    }

    private synchronized @Nullable Expected take(@Nullable String id) {
        return id == null ? null : byId.remove(id);
    }

    void learn(Decision decision, long nanoTime) {
        Expected expected = take(decision.requestId());
        if (expected != null) {
            long again = expected.lesson.learn(decision);
            if (again != Lesson.NEVER) {
                questions.later(expected.limits, expected.request, again, nanoTime);
            }
            learnt.increment();
            nanos.add(nanoTime - expected.since);
        }
    }

    /** What to ask for next. */
    Questions questions() {
        return questions;
    }

    /** How many answers have been learnt from. */
    long learnt() {
        return learnt.sum();
    }

    /** Nanoseconds from feeding an event to having learnt from its answer, of all together. */
    long nanos() {
        return nanos.sum();
    }

    /** How many were given up. */
    long missed() {
        return missed.sum();
    }
}
