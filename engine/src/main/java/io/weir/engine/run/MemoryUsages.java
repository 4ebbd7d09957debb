package io.weir.engine.run;

import io.weir.engine.decide.Expiry;
import io.weir.engine.decide.Outbox;
import io.weir.engine.decide.Registry;
import io.weir.engine.decide.Remembered;
import io.weir.engine.decide.Usages;
import io.weir.engine.limit.SubjectUsage;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Usage on the heap. Its clock is the smallest timestamp of the last {@link #BATCH} requests, and never goes back, so that
 * a wild timestamp cannot make entries expire; on top of it entries are kept {@link #SLACK_MS} longer than needed, for
 * streams that are merged out of order, and at least {@link #ROOMY} of them.
 */
final class MemoryUsages implements Usages {
    private static final int BATCH = 1024;
    private static final long SLACK_MS = 3_600_000;

    /** With fewer entries than that nothing expires: there is no need to. */
    private static final int ROOMY = 100_000;

    private final Map<String, SubjectUsage> entries = new HashMap<>();
    private final Map<String, SubjectUsage> loaded = new LinkedHashMap<>();
    private final Map<String, SubjectUsage> changed = new LinkedHashMap<>();
    private final Map<String, Remembered> remembered = new HashMap<>();
    private final Map<String, Long> lifts = new HashMap<>();
    private final PriorityQueue<Due> dueEntries = new PriorityQueue<>();
    private final PriorityQueue<Due> dueLifts = new PriorityQueue<>();
    private final PriorityQueue<Due> dueRequests = new PriorityQueue<>();
    private final Expiry expiry;
    private long now;
    private long smallest = Long.MAX_VALUE;
    private int inBatch;
    private boolean settled;

    private record Due(long time, String key) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(time, other.time);
        }
    }

    MemoryUsages(Registry registry) {
        this.expiry = new Expiry(registry);
    }

    int size() {
        return entries.size();
    }

    /** Takes note of a request's time; now and then removes what has expired. */
    void advance(long timestamp, Outbox outbox) {
        smallest = Math.min(smallest, timestamp);
        if (now == 0) {
            now = timestamp;
        }
        if (++inBatch == BATCH) {
            // What stood in for the clock until now was the first request's time alone.
            now = settled ? Math.max(now, smallest) : smallest;
            settled = true;
            smallest = Long.MAX_VALUE;
            inBatch = 0;
            if (entries.size() + remembered.size() > ROOMY) {
                expire(outbox);
            }
        }
    }

    private void expire(Outbox outbox) {
        long before = now - SLACK_MS;
        for (String key = due(dueLifts, before); key != null; key = due(dueLifts, before)) {
            SubjectUsage usage = entries.get(key);
            lifts.remove(key);
            if (usage != null) {
                expiry.lift(key, usage, before, outbox);
            }
        }
        for (String key = due(dueEntries, before); key != null; key = due(dueEntries, before)) {
            SubjectUsage usage = entries.get(key);
            if (usage == null) {
                continue;
            }
            usage.scheduledAt(0);
            if (expiry.expire(key, usage, before, outbox)) {
                entries.remove(key);
            } else {
                schedule(key, usage);
            }
        }
        for (String key = due(dueRequests, before); key != null; key = due(dueRequests, before)) {
            remembered.remove(key);
        }
    }

    private static @Nullable String due(PriorityQueue<Due> queue, long before) {
        Due first = queue.peek();
        if (first == null || first.time() > before) {
            return null;
        }
        queue.poll();
        return first.key();
    }

    private void schedule(String key, SubjectUsage usage) {
        if (usage.scheduledAt() == 0) {
            usage.scheduledAt(usage.keepUntil());
            dueEntries.add(new Due(usage.keepUntil(), key));
        }
    }

    @Override
    public SubjectUsage usage(String key) {
        SubjectUsage stored = entries.get(key);
        return stored != null ? stored : loaded.computeIfAbsent(key, absent -> new SubjectUsage());
    }

    @Override
    public void changed(String key, SubjectUsage usage) {
        changed.put(key, usage);
    }

    /** Keeps what the last request changed. */
    void settle() {
        if (!changed.isEmpty()) {
            changed.forEach((key, usage) -> {
                entries.put(key, usage);
                schedule(key, usage);
                long lift = Expiry.nextLift(usage);
                if (lift > 0 && !Long.valueOf(lift).equals(lifts.put(key, lift))) {
                    dueLifts.add(new Due(lift, key));
                }
            });
            changed.clear();
        }
        loaded.clear();
    }

    @Override
    public @Nullable Remembered remembered(String key) {
        return remembered.get(key);
    }

    @Override
    public void remember(String key, Remembered found, long keepUntil) {
        remembered.put(key, found);
        dueRequests.add(new Due(keepUntil, key));
    }

    @Override
    public long now() {
        return now;
    }
}
