package io.weir.edge.local;

import io.weir.engine.Reason;
import io.weir.engine.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of most requests: their limits are all counted at the policy's main key, in fixed windows, with the same numbers for
 * everybody, and all have room. What {@link Inquiry} and {@link LocalCheck} do in several passes is done in two here, with what
 * is the same for all requests looked up beforehand: a third less, measured with four limits. Whatever is not so simple is
 * left to them. Any thread.
 */
final class Shortcut {
    /** The most limits that it is for. */
    static final int MOST = 12;

    /** Layouts that are remembered: keys whose limits came in the same order have the same. */
    private static final int LAYOUT_BITS = 6;

    private static final int LAYOUT_SHIFT = Long.SIZE - LAYOUT_BITS;
    private static final int NONE = -1;

    private final Tracked[] limits;
    private final WindowCounter[] counters;
    private final @Nullable Layout[] layouts = new Layout[1 << LAYOUT_BITS];
    private Spans last;

    /**
     * Where in a record that has all of the limits each of them is.
     *
     * @param tags of the record
     * @param places of the limits, the first one's in the lowest bits
     */
    private record Layout(long tags, int places) {
        static final int BITS = 3;

        static Layout of(long tags, int[] slots, int limits) {
            int places = 0;
            for (int i = limits - 1; i >= 0; i--) {
                places = places << BITS | (slots[i] & (UsageTable.STRIDE - 1));
            }
            return new Layout(tags, places);
        }
    }

    /** The limits' windows of any time from {@code from} until {@code until}. */
    private record Spans(Span[] spans, long from, long until) {}

    private Shortcut(Tracked[] limits, WindowCounter[] counters) {
        this.limits = limits;
        this.counters = counters;
        this.last = spans(0);
    }

    /** The one for requests that those rules are about, or null where it is not so simple. */
    static @Nullable Shortcut of(EdgeRule[] rules, @Nullable KeyTuple mainKey) {
        List<Tracked> limits = new ArrayList<>();
        List<WindowCounter> counters = new ArrayList<>();
        for (EdgeRule rule : rules) {
            if (rule.shadow()
                    || !rule.plain()
                    || !rule.constant()
                    || !rule.key().equals(mainKey)) {
                return null;
            }
            for (Tracked limit : rule.limits()) {
                if (!(limit.counter() instanceof WindowCounter counter) || counter.sliding()) {
                    return null;
                }
                limits.add(limit);
                counters.add(counter);
            }
        }
        return limits.isEmpty() || limits.size() > MOST
                ? null
                : new Shortcut(limits.toArray(Tracked[]::new), counters.toArray(WindowCounter[]::new));
    }

    private Spans spans(long time) {
        Span[] spans = new Span[counters.length];
        long from = Long.MIN_VALUE;
        long until = Long.MAX_VALUE;
        for (int i = 0; i < spans.length; i++) {
            Span span = counters[i].span(time);
            spans[i] = span;
            from = Math.max(from, span.start());
            until = Math.min(until, span.end());
        }
        return new Spans(spans, from, until);
    }

    private Span[] at(long time) {
        Spans known = last;
        if (time < known.from || time >= known.until) {
            known = spans(time);
            last = known;
        }
        return known.spans;
    }

    /**
     * Admits a request that all limits have room for, and counts it.
     *
     * @param key under which the main key's usage is
     * @param work room for {@link #MOST} slots and as many counts
     * @return null where it is to be decided otherwise; nothing is counted then
     */
    @Nullable
    EdgeAnswer admit(UsageTable table, long key, Request request, RoutePlan plan, Work work) {
        if (!locate(table, key, work)) {
            return null;
        }
        long time = request.timestamp();
        long hits = request.hits();
        Span[] spans = at(time);
        long fewest = Long.MAX_VALUE;
        int binding = 0;
        for (int i = 0; i < limits.length; i++) {
            long word = table.count(work.slots[i]);
            long left = limits[i].limit().count() - hits - WindowCounter.consumed(word, spans[i]);
            if (left < 0) {
                return null;
            }
            work.seen[i] = word;
            if (left < fewest || (left == fewest && limits[i].windowMs() < limits[binding].windowMs())) {
                fewest = left;
                binding = i;
            }
        }
        int taken = 0;
        while (taken < limits.length
                && counters[taken].take(table, work.slots[taken], work.seen[taken], spans[taken], time, hits)) {
            taken++;
        }
        if (taken < limits.length || !holds(table, key, work)) {
            giveBack(table, taken - 1, time, hits, work);
            return null;
        }
        Tracked limit = limits[binding];
        return new EdgeAnswer(
                request, plan, Reason.WITHIN_LIMITS, limit, limit.limit().count(), fewest, spans[binding].end(), 0);
    }

    /** Finds the limits' slots, and whether one record has all of them; returns whether the key has them. */
    private boolean locate(UsageTable table, long key, Work work) {
        int record = table.first(key);
        if (record < 0) {
            work.record = NONE;
            return search(table, key, table.home(key), work);
        }
        long tags = table.tags(record);
        work.record = record;
        work.tags = tags;
        int place = (int) ((tags * UsageTable.SPREAD) >>> LAYOUT_SHIFT);
        Layout layout = layouts[place];
        if (layout == null || layout.tags != tags) {
            boolean found = search(table, key, record, work);
            if (found && work.record != NONE) {
                layouts[place] = Layout.of(tags, work.slots, limits.length);
            }
            return found;
        }
        int places = layout.places;
        for (int i = 0; i < limits.length; i++) {
            work.slots[i] = record * UsageTable.STRIDE + (places & (UsageTable.STRIDE - 1));
            places >>>= Layout.BITS;
        }
        return true;
    }

    private boolean search(UsageTable table, long key, int likely, Work work) {
        int record = likely;
        for (int i = 0; i < limits.length; i++) {
            int slot = table.find(key, limits[i].number(), record);
            if (slot < 0) {
                return false;
            }
            record = UsageTable.record(slot);
            if (record != work.record) {
                work.record = NONE;
            }
            work.slots[i] = slot;
        }
        return true;
    }

    private boolean holds(UsageTable table, long key, Work work) {
        if (work.record != NONE) {
            return table.holds(work.record, key, work.tags);
        }
        for (int i = 0; i < limits.length; i++) {
            if (!table.holds(work.slots[i], key, limits[i].number())) {
                return false;
            }
        }
        return true;
    }

    private void giveBack(UsageTable table, int last, long time, long hits, Work work) {
        for (int i = last; i >= 0; i--) {
            counters[i].giveBack(table, work.slots[i], time, hits);
        }
    }

    /** What one thread works with. */
    static final class Work {
        private final int[] slots = new int[MOST];
        private final long[] seen = new long[MOST];

        /** The record in which all of them are, with these limits in it, or {@link #NONE}. */
        private int record;

        private long tags;
    }
}
