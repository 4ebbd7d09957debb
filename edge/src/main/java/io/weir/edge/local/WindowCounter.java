package io.weir.edge.local;

import io.weir.engine.limit.Calendar;
import io.weir.engine.limit.Proportion;
import java.util.function.LongSupplier;

/**
 * Counts in clock-aligned windows, fixed or sliding. Of each window a slot keeps three numbers, each packed with the window's
 * number into one long: hits admitted here, hits others are known to have consumed, hits fed to the enforcers. There is room
 * for two windows, one of even number and one of odd.
 */
final class WindowCounter extends Counter {
    private static final int ADMITTED = 0;
    private static final int OTHERS = 2;
    private static final int FED = 4;

    private static final int COUNT_BITS = 40;
    private static final long MAX = (1L << COUNT_BITS) - 1;
    private static final long NUMBERS = (1L << (Long.SIZE - COUNT_BITS)) - 1;

    private final Calendar calendar;
    private final boolean sliding;

    /** The window asked for last: it saves a division. Whoever finds another one puts it here. */
    private Span last;

    WindowCounter(Calendar calendar, boolean sliding) {
        this.calendar = calendar;
        this.sliding = sliding;
        this.last = Span.of(calendar, 0);
    }

    private Span span(long time) {
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

    private long matters(Span span) {
        return sliding ? calendar.end(span.end()) : span.end();
    }

    @Override
    int slot(UsageTable table, long key, LongSupplier clock, long time) {
        int slot = table.find(key);
        if (slot >= 0) {
            return slot;
        }
        Span span = span(time);
        long before = span.number() - 1;
        long even = parity(before) == 0 ? before : span.number();
        long odd = parity(before) == 0 ? span.number() : before;
        return table.claim(key, clock.getAsLong(), matters(span), packed(even, 0), packed(odd, 0));
    }

    @Override
    long free(UsageTable table, int slot, long limit, long burst, long time) {
        Span span = span(time);
        long admitted = table.word(slot, ADMITTED + parity(span.number()));
        return free(table, slot, limit, time, span, admitted);
    }

    private long free(UsageTable table, int slot, long limit, long time, Span span, long admitted) {
        long number = span.number();
        if (later(admitted, number)) {
            return LATE;
        }
        long others = table.word(slot, OTHERS + parity(number));
        long consumed = count(admitted, number) + count(others, number);
        if (sliding) {
            long before = table.word(slot, ADMITTED + parity(number - 1));
            if (later(before, number)) {
                return LATE;
            }
            long othersBefore = table.word(slot, OTHERS + parity(number - 1));
            consumed += weighted(count(before, number - 1) + count(othersBefore, number - 1), span, time);
        }
        return limit - consumed;
    }

    private static long weighted(long previous, Span span, long time) {
        return previous == 0 ? 0 : Proportion.floor(previous, span.end() - time, span.end() - span.start());
    }

    @Override
    long later(UsageTable table, int slot, long time) {
        return span(time).end();
    }

    @Override
    boolean charge(UsageTable table, int slot, long limit, long burst, long hits, long time, boolean forced) {
        Span span = span(time);
        int word = ADMITTED + parity(span.number());
        while (true) {
            long admitted = table.word(slot, word);
            if (later(admitted, span.number()) || (!forced && free(table, slot, limit, time, span, admitted) < hits)) {
                return false;
            }
            long count = count(admitted, span.number());
            if (table.replace(slot, word, admitted, packed(span.number(), count + hits))) {
                if (number(admitted) != (span.number() & NUMBERS) || count == 0) {
                    table.until(slot, matters(span));
                }
                return true;
            }
        }
    }

    @Override
    void undo(UsageTable table, int slot, long hits, long time) {
        Span span = span(time);
        int word = ADMITTED + parity(span.number());
        while (true) {
            long admitted = table.word(slot, word);
            long count = count(admitted, span.number());
            if (count < hits || table.replace(slot, word, admitted, packed(span.number(), count - hits))) {
                return;
            }
        }
    }

    @Override
    long waitMs(UsageTable table, int slot, long limit, long burst, long hits, long time) {
        Span span = span(time);
        if (!sliding || hits > limit) {
            return span.end() - time;
        }
        long number = span.number();
        long previous = total(table, slot, number - 1);
        long current = total(table, slot, number);
        long now = Math.max(time, fitsAt(previous, limit - current - hits, span.start(), span.end()));
        if (now < span.end()) {
            return now - time;
        }
        long end = calendar.end(span.end());
        return Math.max(span.end(), fitsAt(current, limit - hits, span.end(), end)) - time;
    }

    private static long total(UsageTable table, int slot, long number) {
        return count(table.word(slot, ADMITTED + parity(number)), number)
                + count(table.word(slot, OTHERS + parity(number)), number);
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
    long resetAt(UsageTable table, int slot, long limit, long time) {
        return span(time).end();
    }

    @Override
    Mark fed(UsageTable table, int slot, long limit, long hits, long time) {
        long number = span(time).number();
        int word = FED + parity(number);
        long before = table.word(slot, word);
        long fed = count(before, number) + hits;
        if (!later(before, number)) {
            table.set(slot, word, packed(number, fed));
        }
        return new Mark(time, fed, count(table.word(slot, FED + parity(number - 1)), number - 1));
    }

    @Override
    void learn(UsageTable table, int slot, Mark mark, long limit, long burst, long remaining, long resetAt) {
        Span span = span(mark.time());
        int word = OTHERS + parity(span.number());
        if (resetAt != span.end() || later(table.word(slot, word), span.number())) {
            return;
        }
        long mine = mark.fed();
        if (sliding) {
            long othersBefore = table.word(slot, OTHERS + parity(span.number() - 1));
            mine += weighted(mark.before() + count(othersBefore, span.number() - 1), span, mark.time());
        }
        table.set(slot, word, packed(span.number(), Math.max(0, limit - remaining - mine)));
    }
}
