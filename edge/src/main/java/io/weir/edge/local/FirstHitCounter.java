package io.weir.edge.local;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts in windows that begin with their first hit, wherever that was. The window stands in a box beside the slot. */
final class FirstHitCounter extends Counter {
    private static final int FED = 0;

    private final long lengthMs;

    FirstHitCounter(long lengthMs) {
        this.lengthMs = lengthMs;
    }

    /** The window's start and hits, and how many hits were ever counted here; one without hits never was. */
    private record Window(long start, long hits, long all) {}

    private static @Nullable Window window(@Nullable Object box) {
        return box instanceof Window window ? window : null;
    }

    private boolean covers(@Nullable Window window, long time) {
        return window != null && window.hits > 0 && window.start <= time && time < window.start + lengthMs;
    }

    private static boolean precedes(long time, @Nullable Window window) {
        return window != null && window.hits > 0 && time < window.start;
    }

    @Override
    int slot(UsageTable table, long key, LongSupplier clock, long time) {
        int slot = table.find(key);
        return slot >= 0 ? slot : table.claim(key, clock.getAsLong(), time, 0, 0);
    }

    @Override
    long free(UsageTable table, int slot, long limit, long burst, long time) {
        Window window = window(table.box(slot));
        if (precedes(time, window)) {
            return LATE;
        }
        return window != null && covers(window, time) ? limit - window.hits : limit;
    }

    @Override
    long later(UsageTable table, int slot, long time) {
        Window window = window(table.box(slot));
        return window == null ? time : Math.max(time, window.start);
    }

    @Override
    boolean charge(UsageTable table, int slot, long limit, long burst, long hits, long time, boolean forced) {
        while (true) {
            Object box = table.box(slot);
            Window window = window(box);
            if (precedes(time, window)) {
                return false;
            }
            boolean same = covers(window, time);
            long before = same && window != null ? window.hits : 0;
            if (!forced && before + hits > limit) {
                return false;
            }
            long all = (window == null ? 0 : window.all) + hits;
            Window after = new Window(same && window != null ? window.start : time, before + hits, all);
            if (table.replaceBox(slot, box, after)) {
                table.until(slot, after.start + lengthMs);
                return true;
            }
        }
    }

    @Override
    void undo(UsageTable table, int slot, long hits, long time) {
        while (true) {
            Object box = table.box(slot);
            Window window = window(box);
            if (window == null || window.hits < hits || !covers(window, time)) {
                return;
            }
            if (table.replaceBox(slot, box, new Window(window.start, window.hits - hits, window.all - hits))) {
                return;
            }
        }
    }

    @Override
    long waitMs(UsageTable table, int slot, long limit, long burst, long hits, long time) {
        return resetAt(table, slot, limit, time) - time;
    }

    @Override
    long resetAt(UsageTable table, int slot, long limit, long time) {
        Window window = window(table.box(slot));
        return (window != null && covers(window, time) ? window.start : time) + lengthMs;
    }

    @Override
    Mark fed(UsageTable table, int slot, long limit, long hits, long time) {
        long all = table.word(slot, FED) + hits;
        table.set(slot, FED, all);
        return new Mark(time, all, 0);
    }

    /** Where others began the window earlier, it is theirs that holds, with what was counted here since. */
    @Override
    void learn(UsageTable table, int slot, Mark mark, long limit, long burst, long remaining, long resetAt) {
        long start = resetAt - lengthMs;
        long consumed = limit - remaining;
        while (consumed > 0) {
            Object box = table.box(slot);
            Window window = window(box);
            long all = window == null ? mark.fed() : window.all;
            long hits = consumed + Math.max(0, all - mark.fed());
            boolean more = window == null
                    || (start == window.start && hits > window.hits)
                    || (start < window.start && window.start < resetAt);
            if (!more || table.replaceBox(slot, box, new Window(start, hits, all))) {
                return;
            }
        }
    }
}
