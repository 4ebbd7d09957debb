package io.weir.edge;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests that await their decision, bounded in number and in time. All wait equally long, so that the oldest is always
 * the next to time out and one sweep of the front suffices. Any thread may call.
 */
final class Awaited {
    private final Map<String, Waiting> byId = new ConcurrentHashMap<>();
    private final Queue<Waiting> inOrder = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final int capacity;
    private final long patienceNanos;
    private final Function<Request, Decision> unavailable;
    private final Unanswered unanswered = new Unanswered();

    /** @param unavailable what a request is answered whose decision does not come */
    Awaited(int capacity, long patienceNanos, Function<Request, Decision> unavailable) {
        this.capacity = capacity;
        this.patienceNanos = patienceNanos;
        this.unavailable = unavailable;
    }

    /** One request that waits since {@code since}, in {@link System#nanoTime}. */
    static final class Waiting {
        private final Request request;
        private final CompletableFuture<Decision> future = new CompletableFuture<>();
        private final long since;

        /** Another request of the same id that waits too, such as a client's retry. */
        private final @Nullable Waiting twin;

        private Waiting(Request request, long since, @Nullable Waiting twin) {
            this.request = request;
            this.since = since;
            this.twin = twin;
        }

        CompletableFuture<Decision> future() {
            return future;
        }

        long since() {
            return since;
        }
    }

    /** Waits for the decision on a request that has an id; null when too many wait already. */
    @Nullable
    Waiting add(Request request, long nanoTime) {
        String id = request.requestId();
        if (id == null) {
            throw new IllegalArgumentException("an awaited request needs an id, but had none");
        }
        if (size.incrementAndGet() > capacity) {
            size.decrementAndGet();
            unanswered.count(Unanswered.Cause.WAITING);
            return null;
        }
        Waiting waiting = byId.compute(id, (same, before) -> new Waiting(request, nanoTime, before));
        inOrder.add(waiting);
        return waiting;
    }

    /** The decision on a request has come; one that nobody here asked for is ignored. */
    void complete(Decision decision) {
        String id = decision.requestId();
        Waiting found = id == null ? null : byId.remove(id);
        for (Waiting each = found; each != null; each = each.twin) {
            each.future.complete(decision);
        }
    }

    /** Answers those that have waited too long; called every few ms by one thread. */
    void expire(long nanoTime) {
        for (Waiting oldest = inOrder.peek(); oldest != null; oldest = inOrder.peek()) {
            if (!oldest.future.isDone() && nanoTime - oldest.since < patienceNanos) {
                return;
            }
            inOrder.poll();
            size.decrementAndGet();
            giveUp(oldest, Unanswered.Cause.TIMEOUT);
        }
    }

    /** Answers one request that will get no decision. */
    void giveUp(Waiting waiting, Unanswered.Cause cause) {
        byId.remove(String.valueOf(waiting.request.requestId()), waiting);
        if (!waiting.future.isDone() && waiting.future.complete(unavailable.apply(waiting.request))) {
            unanswered.count(cause);
        }
    }

    /** Answers all that wait. */
    void giveUpAll() {
        for (Waiting oldest = inOrder.poll(); oldest != null; oldest = inOrder.poll()) {
            size.decrementAndGet();
            giveUp(oldest, Unanswered.Cause.CLOSED);
        }
    }

    /** How many wait, those included that were answered and have not been swept yet. */
    int size() {
        return size.get();
    }

    /** Those that got no decision. */
    Unanswered unanswered() {
        return unanswered;
    }
}
