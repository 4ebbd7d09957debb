package io.weir.edge.local;

import io.weir.engine.limit.Calendar;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * One window {@code [start, end)} in epoch ms.
 *
 * @param number counts windows of its calendar: the next one's is one more
 */
record Span(long start, long end, long number) {

    /** The window that {@code time} is in. */
    static Span of(Calendar calendar, long time) {
        long start = calendar.start(time);
        return new Span(start, calendar.end(start), number(calendar, start));
    }

    /**
     * Windows of at most an hour in a zone whose clock is put forward or back by less than their length, of which there is
     * hardly one, may share a number then: they count as one for that time.
     */
    private static long number(Calendar calendar, long start) {
        if (calendar instanceof Calendar.Even even) {
            return Math.floorDiv(start - even.origin(), even.length());
        }
        if (calendar instanceof Calendar.Offset offset) {
            return Math.floorDiv(start, offset.length());
        }
        if (calendar instanceof Calendar.Clock clock) {
            LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochMilli(start), clock.zone());
            return Math.floorDiv(local.toInstant(ZoneOffset.UTC).toEpochMilli(), clock.length());
        }
        if (calendar instanceof Calendar.Days days) {
            long day = LocalDate.ofInstant(Instant.ofEpochMilli(start), days.zone())
                    .toEpochDay();
            return Math.floorDiv(day - days.originDay(), days.count());
        }
        Calendar.Months months = (Calendar.Months) calendar;
        long month = ChronoUnit.MONTHS.between(
                LocalDate.EPOCH, LocalDate.ofInstant(Instant.ofEpochMilli(start), months.zone()));
        return Math.floorDiv(month, months.count());
    }

    boolean covers(long time) {
        return start <= time && time < end;
    }
}
