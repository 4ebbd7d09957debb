package io.weir.edge.local;

import io.weir.engine.limit.Calendar;
import io.weir.engine.limit.Proportion;

/**
 * Counts in clock-aligned windows, fixed or sliding. The slot's count is of the hits consumed in the latest window, here and
 * elsewhere, as far as is known; its notes have those of the window before, and of both those that others have consumed and
 * those fed to the enforcers. Each is packed with its window's number into one long.
 *
 * <p>Who begins a new window first notes what the old one has. So whoever finds the new one finds that too: always in sliding
 * windows, which need it, and in fixed ones where a late request may.
 */
final class WindowCounter extends Counter {
    /** Notes: two each of these, one for windows of even number and one for those of odd. */
    private static final int OTHERS = 0;

    private static final int FED = 2;

    /** Note: hits consumed in the window before the one that the count is of. */
    private static final int BEFORE = 4;

    private static final int COUNT_BITS = 40;
    private static final long MAX = (1L << COUNT_BITS) - 1;
    private static final long NUMBERS = (1L << (Long.SIZE - COUNT_BITS)) - 1;

    /** Shorter windows are all of the same length. */
    private static final long DAY_MS = 86_400_000;

    private final Calendar calendar;
    private final boolean sliding;

    /** The window asked for last: it saves a division. Whoever finds another one puts it here. */
    private Span last;

    WindowCounter(Calendar calendar, boolean sliding) {
        this.calendar = calendar;
        this.sliding = sliding;
        this.last = Span.of(calendar, 0);
    }

    boolean sliding() {
        return sliding;
    }

    /** The window that {@code time} is in. */
    Span span(long time) {
        Span known = last;
        if (!known.covers(time)) {
            known = Span.of(calendar, time);
            last = known;
        }
        return known;
    }

    private static long packed(long number, long count) {
        return number << COUNT_BITS | Math.min(count, MAX);
    }

    private static long number(long word) {
        return word >>> COUNT_BITS;
    }

    /** What the word says of that window, 0 when it is about another one. */
    private static long count(long word, long number) {
        return number(word) == (number & NUMBERS) ? word & MAX : 0;
    }

    /** Whether the word is about a later window. Numbers wrap around; half of them lie ahead. */
    private static boolean later(long word, long number) {
        long ahead = (number(word) - number) & NUMBERS;
        return ahead != 0 && ahead <= NUMBERS / 2;
    }

    private static int parity(long number) {
        return (int) (number & 1);
    }

    @Override
    long newCount(long time) {
        return packed(span(time).number(), 0);
    }

    @Override
    long newNote(long time) {
        return packed(span(time).number() - 1, 0);
    }

    @Override
    long until(UsageTable table, int slot, long now) {
        Span known = last;
        Span span = known.covers(now) ? known : Span.of(calendar, now);
        long word = table.count(slot);
        if (later(word, span.number())) {
            long ahead = (number(word) - span.number()) & NUMBERS;
            return span.end() + (ahead + 1) * (span.end() - span.start());
        }
        long windows = sliding ? 2 : 1;
        for (long number = span.number(); number > span.number() - windows; number--) {
            if (number(word) == (number & NUMBERS)) {
                return sliding && number == span.number() ? calendar.end(span.end()) : span.end();
            }
        }
        // The window that has just ended, or an earlier one.
        return number(word) == ((span.number() - windows) & NUMBERS) ? span.start() : 0;
    }

    @Override
    long look(UsageTable table, Use use, long time) {
        Span span = span(time);
        long number = span.number();
        long word = table.count(use.slot);
        use.late = false;
        if (later(word, number)) {
            long before = table.note(use.slot, BEFORE);
            if (sliding || !follows(word, number) || number(before) != (number & NUMBERS)) {
                return known(span, word);
            }
            use.late = true;
            word = before;
        }
        use.seen = word;
        long consumed = count(word, number);
        if (sliding) {
            consumed += weighted(previous(table, use.slot, word, number), span, time);
        }
        use.free = use.count - consumed;
        return time;
    }

    /** What was consumed in the window before that of {@code number}, which is the latest. */
    private static long previous(UsageTable table, int slot, long word, long number) {
        boolean current = number(word) == (number & NUMBERS);
        return count(current ? table.note(slot, BEFORE) : word, number - 1);
    }

    /** Whether the word is about the next window. */
    private static boolean follows(long word, long number) {
        return number(word) == ((number + 1) & NUMBERS);
    }

    /** The beginning of the window that a word is about, or an earlier time after the span. */
    private static long known(Span span, long word) {
        long between = ((number(word) - span.number()) & NUMBERS) - 1;
        long length = span.end() - span.start();
        return length < DAY_MS ? span.end() + between * length : span.end();
    }

    private static long weighted(long previous, Span span, long time) {
        return previous == 0 ? 0 : Proportion.floor(previous, span.end() - time, span.end() - span.start());
    }

    @Override
    boolean charge(UsageTable table, Use use, long time, boolean forced) {
        Span span = span(time);
        long number = span.number();
        while (forced || !use.full()) {
            long after = packed(number, count(use.seen, number) + use.hits);
            if (use.late
                    ? table.replaceNote(use.slot, BEFORE, use.seen, after)
                    : replace(table, use.slot, use.seen, after, span, time)) {
                return true;
            }
            if (look(table, use, time) > time) {
                return false;
            }
        }
        return false;
    }

    /** Replaces the count if it still is what was seen; if that was of the window before, it is noted first. */
    private boolean replace(UsageTable table, int slot, long seen, long after, Span span, long time) {
        boolean begins = number(seen) == ((span.number() - 1) & NUMBERS);
        if (begins && (sliding || time - span.start() < UsageTable.SLACK_MS)) {
            note(table, slot, seen);
        }
        return table.replaceCount(slot, seen, after);
    }

    /** Notes what the window has that ends, unless more is noted already, or a later one. */
    private static void note(UsageTable table, int slot, long word) {
        long before = table.note(slot, BEFORE);
        while (number(before) == number(word) ? before < word : !later(before, number(word))) {
            if (table.replaceNote(slot, BEFORE, before, word)) {
                return;
            }
            before = table.note(slot, BEFORE);
        }
    }

    @Override
    void undo(UsageTable table, Use use, long time) {
        giveBack(table, use.slot, time, use.hits);
    }

    /** Takes back hits that were taken at that time. */
    void giveBack(UsageTable table, int slot, long time, long hits) {
        add(table, slot, span(time), time, -hits);
    }

    /** What a count says is consumed in a window; more than any limit where a later one has begun. */
    static long consumed(long word, Span span) {
        if (isOf(word, span)) {
            return word & MAX;
        }
        return later(word, span.number()) ? MAX : 0;
    }

    private static boolean isOf(long word, Span span) {
        return number(word) == (span.number() & NUMBERS);
    }

    /** Counts hits in a window of which {@code seen} was the count; returns whether it still was. */
    boolean take(UsageTable table, int slot, long seen, Span span, long time, long hits) {
        if (isOf(seen, span)) {
            return table.replaceCount(slot, seen, seen + hits);
        }
        return replace(table, slot, seen, packed(span.number(), hits), span, time);
    }

    /**
     * Adds to what is consumed in a window if that is still known, or takes from it.
     *
     * @return whether it is still known
     */
    private boolean add(UsageTable table, int slot, Span span, long time, long hits) {
        long number = span.number();
        while (true) {
            long word = table.count(slot);
            boolean late = follows(word, number);
            long seen = late ? table.note(slot, BEFORE) : word;
            long count = count(seen, number);
            if (later(seen, number) || (late && number(seen) != (number & NUMBERS)) || count + hits < 0) {
                return false;
            }
            long after = packed(number, count + hits);
            if (late ? table.replaceNote(slot, BEFORE, seen, after) : replace(table, slot, seen, after, span, time)) {
                return true;
            }
        }
    }

    @Override
    long waitMs(UsageTable table, Use use, long time) {
        Span span = span(time);
        long number = span.number();
        long current = total(table, use.slot, number);
        long room = use.count - current - use.hits;
        if (!sliding) {
            return room >= 0 ? 0 : span.end() - time;
        }
        if (use.hits > use.count) {
            return span.end() - time;
        }
        long fits = Math.max(time, fitsAt(total(table, use.slot, number - 1), room, span.start(), span.end()));
        if (fits < span.end()) {
            return fits - time;
        }
        long end = calendar.end(span.end());
        return Math.max(span.end(), fitsAt(current, use.count - use.hits, span.end(), end)) - time;
    }

    private static long total(UsageTable table, int slot, long number) {
        long word = table.count(slot);
        return count(number(word) == (number & NUMBERS) ? word : table.note(slot, BEFORE), number);
    }

    /** First ms of the window at which {@code floor(previous × left / length) <= room}; its end or later when none is. */
    private static long fitsAt(long previous, long room, long start, long end) {
        if (room < 0) {
            return end;
        }
        if (previous <= room) {
            return start;
        }
        return end - (Proportion.ceil(room + 1, end - start, previous) - 1);
    }

    @Override
    long resetAt(UsageTable table, Use use, long time) {
        return span(time).end();
    }

    @Override
    void fed(UsageTable table, Use use, long time) {
        long number = span(time).number();
        int note = FED + parity(number);
        long before = table.note(use.slot, note);
        if (!later(before, number)) {
            table.note(use.slot, note, packed(number, count(before, number) + use.hits));
        }
    }

    @Override
    Mark mark(UsageTable table, Use use, long time) {
        long number = span(time).number();
        long fed = count(table.note(use.slot, FED + parity(number)), number);
        long before = count(table.note(use.slot, FED + parity(number - 1)), number - 1);
        return new Mark(time, use.count, 0, fed, before);
    }

    @Override
    long slice(UsageTable table, Use use, long time) {
        return span(time).number();
    }

    @Override
    void learn(UsageTable table, int slot, Mark mark, long remaining, long resetAt) {
        Span span = span(mark.time());
        long number = span.number();
        int note = OTHERS + parity(number);
        long known = table.note(slot, note);
        if (resetAt != span.end() || later(known, number)) {
            return;
        }
        long mine = mark.fed();
        if (sliding) {
            long othersBefore = count(table.note(slot, OTHERS + parity(number - 1)), number - 1);
            mine += weighted(mark.before() + othersBefore, span, mark.time());
        }
        long others = Math.min(MAX, Math.max(0, mark.limit() - remaining - mine));
        if (add(table, slot, span, mark.time(), others - count(known, number))) {
            table.note(slot, note, packed(number, others));
        }
    }
}
