package io.weir.edge.local;

import org.jspecify.annotations.Nullable;

/**
 * Counts in windows that begin with their first hit, wherever that was. The window stands in a box beside the slot, whose
 * count says when it ends.
 */
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
    long look(UsageTable table, Use use, long time) {
        Window window = window(table.box(use.slot));
        use.free = use.count - hits(window, time);
        return window != null && precedes(time, window) ? window.start : time;
    }

    private long hits(@Nullable Window window, long time) {
        return window != null && covers(window, time) ? window.hits : 0;
    }

    @Override
    boolean charge(UsageTable table, Use use, long time, boolean forced) {
        while (true) {
            Object box = table.box(use.slot);
            Window window = window(box);
            long before = hits(window, time);
            if (precedes(time, window) || (!forced && before + use.hits > use.count)) {
                return false;
            }
            long start = window != null && before > 0 ? window.start : time;
            long all = (window == null ? 0 : window.all) + use.hits;
            if (table.replaceBox(use.slot, box, new Window(start, before + use.hits, all))) {
                table.count(use.slot, start + lengthMs);
                return true;
            }
        }
    }

    @Override
    void undo(UsageTable table, Use use, long time) {
        while (true) {
            Object box = table.box(use.slot);
            Window window = window(box);
            if (window == null || window.hits < use.hits || !covers(window, time)) {
                return;
            }
            Window after = new Window(window.start, window.hits - use.hits, window.all - use.hits);
            if (table.replaceBox(use.slot, box, after)) {
                return;
            }
        }
    }

    @Override
    long waitMs(UsageTable table, Use use, long time) {
        boolean fits = hits(window(table.box(use.slot)), time) + use.hits <= use.count;
        return fits ? 0 : resetAt(table, use, time) - time;
    }

    @Override
    long resetAt(UsageTable table, Use use, long time) {
        Window window = window(table.box(use.slot));
        return (window != null && covers(window, time) ? window.start : time) + lengthMs;
    }

    @Override
    void fed(UsageTable table, Use use, long time) {
        table.note(use.slot, FED, table.note(use.slot, FED) + use.hits);
    }

    @Override
    Mark mark(UsageTable table, Use use, long time) {
        return new Mark(time, use.count, 0, table.note(use.slot, FED), 0);
    }

    @Override
    long slice(UsageTable table, Use use, long time) {
        Window window = window(table.box(use.slot));
        return window != null && covers(window, time) ? window.start : slice(time, lengthMs);
    }

    /** Where others began the window earlier, it is theirs that holds, with what was counted here since. */
    @Override
    void learn(UsageTable table, int slot, Mark mark, long remaining, long resetAt) {
        long start = resetAt - lengthMs;
        long consumed = mark.limit() - remaining;
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
