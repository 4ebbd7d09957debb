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
    void find(UsageTable table, Use use, LongSupplier clock, long time) {
        int slot = table.find(use.home, use.key, use.slot);
        if (slot < 0) {
            Span span = span(time);
            long number = span.number();
            boolean odd = parity(number) == 1;
            slot = table.claim(
                    use.home,
                    use.key,
                    clock.getAsLong(),
                    matters(span),
                    packed(odd ? number - 1 : number, 0),
                    packed(odd ? number : number - 1, 0));
        }
        use.slot = slot;
    }

    @Override
    long look(UsageTable table, Use use, long time) {
        Span span = span(time);
        long number = span.number();
        long admitted = table.word(use.slot, ADMITTED + parity(number));
        use.seen = admitted;
        if (later(admitted, number)) {
            return known(span, admitted);
        }
        long consumed = count(admitted, number) + count(table.word(use.slot, OTHERS + parity(number)), number);
        if (sliding) {
            if (later(table.word(use.slot, ADMITTED + parity(number - 1)), number)) {
                return span.end();
            }
            consumed += weighted(total(table, use.slot, number - 1), span, time);
        }
        use.free = use.count - consumed;
        return time;
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
        int word = ADMITTED + parity(number);
        while (!later(use.seen, number) && (forced || !use.full())) {
            long count = count(use.seen, number);
            if (table.replace(use.slot, word, use.seen, packed(number, count + use.hits))) {
                if (count == 0) {
                    table.until(use.slot, matters(span));
                }
                return true;
            }
            look(table, use, time);
        }
        return false;
    }

    @Override
    void undo(UsageTable table, Use use, long time) {
        long number = span(time).number();
        int word = ADMITTED + parity(number);
        while (true) {
            long admitted = table.word(use.slot, word);
            long count = count(admitted, number);
            if (count < use.hits || table.replace(use.slot, word, admitted, packed(number, count - use.hits))) {
                return;
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
    long resetAt(UsageTable table, Use use, long time) {
        return span(time).end();
    }

    @Override
    void fed(UsageTable table, Use use, long time) {
        long number = span(time).number();
        int word = FED + parity(number);
        long before = table.word(use.slot, word);
        if (!later(before, number)) {
            table.set(use.slot, word, packed(number, count(before, number) + use.hits));
        }
    }

    @Override
    Mark mark(UsageTable table, Use use, long time) {
        long number = span(time).number();
        long fed = count(table.word(use.slot, FED + parity(number)), number);
        long before = count(table.word(use.slot, FED + parity(number - 1)), number - 1);
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
        int word = OTHERS + parity(number);
        if (resetAt != span.end() || later(table.word(slot, word), number)) {
            return;
        }
        long mine = mark.fed();
        if (sliding) {
            long othersBefore = count(table.word(slot, OTHERS + parity(number - 1)), number - 1);
            mine += weighted(mark.before() + othersBefore, span, mark.time());
        }
        table.set(slot, word, packed(number, Math.max(0, mark.limit() - remaining - mine)));
    }
}
