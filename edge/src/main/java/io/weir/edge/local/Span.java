package io.weir.edge.local;

import io.weir.engine.limit.Calendar;

/**
 * One window {@code [start, end)} in epoch ms.
 *
 * @param number counts windows of its calendar: the next one's is one more
 */
record Span(long start, long end, long number) {

    /** The window that {@code time} is in. */
    static Span of(Calendar calendar, long time) {
        long start = calendar.start(time);
        return new Span(start, calendar.end(start), calendar.number(start));
    }

    boolean covers(long time) {
        return start <= time && time < end;
    }
}
