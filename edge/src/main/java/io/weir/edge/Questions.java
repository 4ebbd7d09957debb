package io.weir.edge;

import io.weir.engine.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Questions to ask the enforcers later: what is left of limits that others consume, too, asked before it is likely to be
 * gone, unless an event of this edge's own asks earlier. One at a time for the same limits, and bounded. Any thread may
 * {@link #later}; the rest is for the feeding one.
 */
final class Questions {
    private static final long NEVER = Long.MAX_VALUE;

    private final int capacity;
    private final Queue<Wish> wishes = new ConcurrentLinkedQueue<>();
    private final Map<Long, Planned> planned = new HashMap<>();
    private final PriorityQueue<Planned> byTime = new PriorityQueue<>();
    private final LongAdder asked = new LongAdder();

    Questions(int capacity) {
        this.capacity = capacity;
    }

    private record Wish(long limits, Request request, long since, long at) {}

    /** A question; while it stands in the queue its place is that of {@code place}, which is not later than it is due. */
    private static final class Planned implements Comparable<Planned> {
        private final long limits;
        private Wish wish;
        private long due;
        private long place;

        private Planned(Wish wish) {
            this.limits = wish.limits;
            this.wish = wish;
            this.due = wish.at;
            this.place = wish.at;
        }

        @Override
        public int compareTo(Planned other) {
            return Long.compare(place, other.place);
        }
    }

    /**
     * Plans a question.
     *
     * @param limits a number for the limits asked about
     * @param request one that is counted at them
     */
    void later(long limits, Request request, long inMs, long nanoTime) {
        wishes.add(new Wish(limits, request, nanoTime, nanoTime + TimeUnit.MILLISECONDS.toNanos(inMs)));
    }

    /** An event asks about these limits anyway. */
    void askedNow(long limits) {
        Planned known = planned.get(limits);
        if (known != null) {
            known.due = NEVER;
        }
    }

    /** The next question that is due, a request of no hits, or null. */
    @Nullable
    Request due(long nanoTime) {
        plan();
        for (Planned next = byTime.peek(); next != null && next.place <= nanoTime; next = byTime.peek()) {
            byTime.remove();
            if (next.due <= nanoTime || next.due == NEVER) {
                planned.remove(next.limits);
            } else {
                next.place = next.due;
                byTime.add(next);
            }
            if (next.due <= nanoTime) {
                asked.increment();
                Request request = next.wish.request;
                long passed = TimeUnit.NANOSECONDS.toMillis(nanoTime - next.wish.since);
                return request.withHits(0).at(request.timestamp() + passed);
            }
        }
        return null;
    }

    private void plan() {
        for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
            Planned known = planned.get(wish.limits);
            if (known == null && planned.size() < capacity) {
                Planned added = new Planned(wish);
                planned.put(wish.limits, added);
                byTime.add(added);
            } else if (known != null && wish.at >= known.place) {
                known.wish = wish;
                known.due = wish.at;
            } else if (known != null) {
                byTime.remove(known);
                known.wish = wish;
                known.due = wish.at;
                known.place = wish.at;
                byTime.add(known);
            }
        }
    }

    /** How many have been asked. */
    long asked() {
        return asked.sum();
    }
}
