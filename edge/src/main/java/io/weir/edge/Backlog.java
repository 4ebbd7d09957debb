package io.weir.edge;

import io.weir.edge.local.Ledger;
import io.weir.engine.Request;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events that cannot be sent yet, bounded. Hits of requests alike are summed as long as they count in the same windows, so
 * that counts stay right; what makes no sense summed (denied requests, outcomes, hits that a rule takes from an attribute)
 * is kept one by one. When there is no room for another, it is lost and counted so. For the feeding thread.
 */
final class Backlog {
    private final Map<Alike, Sum> sums = new LinkedHashMap<>();
    private final Deque<Event> others = new ArrayDeque<>();
    private final Ledger ledger;
    private final FeedCounts counts;
    private final int capacity;
    private volatile int size;

    /** @param capacity the most sums and the most other events; each takes about 500 bytes */
    Backlog(Ledger ledger, FeedCounts counts, int capacity) {
        this.ledger = ledger;
        this.counts = counts;
        this.capacity = capacity;
    }

    /** What requests have in common whose hits are summed. */
    private record Alike(Request request, Event.Kind kind, long slice) {}

    /** Hits of requests alike, the first of which stands for all. */
    private static final class Sum {
        private final Event first;
        private long hits;

        private Sum(Event first) {
            this.first = first;
            this.hits = first.request().hits();
        }
    }

    void add(Event event) {
        if (summable(event)) {
            sum(event);
        } else if (others.size() < capacity) {
            others.add(event);
        } else {
            counts.lost(event);
        }
        size = sums.size() + others.size();
    }

    private boolean summable(Event event) {
        Request request = event.request();
        return event.kind() != Event.Kind.DENIED
                && request.hits() > 0
                && request.status() == 0
                && ledger.summable(request);
    }

    private void sum(Event event) {
        Request request = event.request();
        Alike alike = new Alike(alike(request), event.kind(), ledger.slice(request));
        Sum known = sums.get(alike);
        if (known != null && known.hits + request.hits() <= Request.MAX_HITS) {
            known.hits += request.hits();
            counts.summed.increment();
        } else if (known == null && sums.size() < capacity) {
            sums.put(alike, new Sum(event));
        } else {
            counts.lost(event);
        }
    }

    private static Request alike(Request request) {
        return request.identified(null, request.token()).at(0).withHits(0).asReport();
    }

    /** Takes out an event, sums first: a denied request must not arrive before what it was denied for. */
    @Nullable
    Event poll() {
        Event event;
        Iterator<Sum> first = sums.values().iterator();
        if (first.hasNext()) {
            Sum sum = first.next();
            first.remove();
            event = sum.first.withHits(sum.hits);
        } else {
            event = others.poll();
        }
        size = sums.size() + others.size();
        return event;
    }

    /** How many sums and events there are. Any thread. */
    int size() {
        return size;
    }
}
