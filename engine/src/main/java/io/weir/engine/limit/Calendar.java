package io.weir.engine.limit;

import io.weir.engine.policy.Limit.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/**
 * Where clock-aligned windows of one length begin and end, in epoch ms. Windows are half-open and cover all of time
 * without gap or overlap.
 *
 * <p>Lengths that divide a day begin at the zone's midnight, others at the epoch; weeks on Monday, months on the 1st,
 * both at the zone's midnight. A day with a change to or from summer time has 23 or 25 hours.
 */
public sealed interface Calendar {

    /** Start of the window that {@code time} is in. */
    long start(long time);

    /** End of the window that begins at {@code start}, which is the start of the next one. */
    long end(long start);

    /**
     * Counts windows: the number of the next one is one more than that of the window that begins at {@code start}. Windows
     * of at most an hour in a zone whose clock is put forward or back by less than their length, of which there is hardly
     * one, may share a number then.
     */
    long number(long start);

    /** Start of the window before the one that begins at {@code start}. */
    default long before(long start) {
        return start(start - 1);
    }

    /** The calendar of windows of that length in that zone. */
    static Calendar of(Window window, ZoneId zone) {
        return new Recent(plain(window, zone));
    }

    private static Calendar plain(Window window, ZoneId zone) {
        boolean utc = zone.normalized().equals(ZoneOffset.UTC);
        long length = window.nominalMs();
        return switch (window.unit()) {
            case MONTH -> new Months(window.count(), zone);
            case WEEK -> utc ? new Even(length, MONDAY_MS) : new Days(7 * window.count(), MONDAY, zone);
            case DAY -> utc ? new Even(length, 0) : new Days(window.count(), 0, zone);
            default -> {
                if (utc || DAY_MS % length != 0) {
                    // Whole days written in smaller units are days.
                    yield !utc && length % DAY_MS == 0
                            ? new Days((int) (length / DAY_MS), 0, zone)
                            : new Even(length, 0);
                }
                yield length <= HOUR_MS ? new Offset(length, zone) : new Clock(length, zone);
            }
        };
    }

    long HOUR_MS = 3_600_000;
    long DAY_MS = 86_400_000;
    /** Monday 1970-01-05, in days and ms since the epoch. */
    int MONDAY = 4;

    long MONDAY_MS = MONDAY * DAY_MS;

    /**
     * A calendar that remembers the window it was last asked for: a decision asks each limit's calendar about ten times,
     * and the next decision mostly for the same window. Saves a division each, and more where a zone's rules are
     * asked. Any thread may call it: what is remembered is immutable, and a race only forgets it.
     */
    final class Recent implements Calendar {
        private final Calendar calendar;
        private Span latest;

        private record Span(long start, long end) {}

        Recent(Calendar calendar) {
            this.calendar = calendar;
            this.latest = new Span(0, 0);
        }

        @Override
        public long start(long time) {
            Span span = latest;
            if (time >= span.start && time < span.end) {
                return span.start;
            }
            long start = calendar.start(time);
            latest = new Span(start, calendar.end(start));
            return start;
        }

        @Override
        public long number(long start) {
            return calendar.number(start);
        }

        @Override
        public long end(long start) {
            Span span = latest;
            return span.start == start && span.end > start ? span.end : calendar.end(start);
        }

        @Override
        public long before(long start) {
            return calendar.start(start - 1);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Recent recent && calendar.equals(recent.calendar);
        }

        @Override
        public int hashCode() {
            return calendar.hashCode();
        }

        @Override
        public String toString() {
            return calendar.toString();
        }
    }

    /** Windows of equal length counted from one instant. */
    record Even(long length, long origin) implements Calendar {
        @Override
        public long start(long time) {
            return time - Math.floorMod(time - origin, length);
        }

        @Override
        public long number(long start) {
            return Math.floorDiv(start - origin, length);
        }

        @Override
        public long end(long start) {
            return start + length;
        }
    }

    /** Windows of at most an hour, aligned by the zone's offset at the time: an hour that the clock shows twice is two. */
    record Offset(long length, ZoneId zone) implements Calendar {
        @Override
        public long start(long time) {
            long offset = zone.getRules().getOffset(Instant.ofEpochMilli(time)).getTotalSeconds() * 1000L;
            return time - Math.floorMod(time + offset, length);
        }

        @Override
        public long number(long start) {
            return Math.floorDiv(start, length);
        }

        @Override
        public long end(long start) {
            return start + length;
        }
    }

    /** Windows of more than an hour that divide a day, aligned by what the zone's clock shows. */
    record Clock(long length, ZoneId zone) implements Calendar {
        @Override
        public long start(long time) {
            LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochMilli(time), zone);
            long ofDay = ChronoUnit.MILLIS.between(local.toLocalDate().atStartOfDay(), local);
            return instant(local.toLocalDate().atStartOfDay().plus(ofDay - ofDay % length, ChronoUnit.MILLIS));
        }

        @Override
        public long number(long start) {
            LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochMilli(start), zone);
            return Math.floorDiv(local.toInstant(ZoneOffset.UTC).toEpochMilli(), length);
        }

        @Override
        public long end(long start) {
            LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochMilli(start), zone);
            LocalDateTime midnight = local.toLocalDate().atStartOfDay();
            long ofDay = ChronoUnit.MILLIS.between(midnight, local);
            return instant(midnight.plus(ofDay - ofDay % length + length, ChronoUnit.MILLIS));
        }

        private long instant(LocalDateTime local) {
            return local.atZone(zone).toInstant().toEpochMilli();
        }
    }

    /** Windows of whole days, counted in the zone's dates from {@code originDay}, in days since 1970-01-01. */
    record Days(int count, int originDay, ZoneId zone) implements Calendar {
        @Override
        public long start(long time) {
            long day = LocalDate.ofInstant(Instant.ofEpochMilli(time), zone).toEpochDay();
            return midnight(day - Math.floorMod(day - originDay, count), zone);
        }

        @Override
        public long number(long start) {
            long day = LocalDate.ofInstant(Instant.ofEpochMilli(start), zone).toEpochDay();
            return Math.floorDiv(day - originDay, count);
        }

        @Override
        public long end(long start) {
            return midnight(
                    LocalDate.ofInstant(Instant.ofEpochMilli(start), zone).toEpochDay() + count, zone);
        }
    }

    /** Windows of calendar months, counted from January 1970. */
    record Months(int count, ZoneId zone) implements Calendar {
        @Override
        public long start(long time) {
            LocalDate first =
                    LocalDate.ofInstant(Instant.ofEpochMilli(time), zone).with(TemporalAdjusters.firstDayOfMonth());
            long month = (first.getYear() - 1970) * 12L + first.getMonthValue() - 1;
            return midnight(first.minusMonths(Math.floorMod(month, count)).toEpochDay(), zone);
        }

        @Override
        public long number(long start) {
            LocalDate first = LocalDate.ofInstant(Instant.ofEpochMilli(start), zone);
            return Math.floorDiv(ChronoUnit.MONTHS.between(LocalDate.EPOCH, first), count);
        }

        @Override
        public long end(long start) {
            LocalDate first = LocalDate.ofInstant(Instant.ofEpochMilli(start), zone);
            return midnight(first.plusMonths(count).toEpochDay(), zone);
        }
    }

    private static long midnight(long epochDay, ZoneId zone) {
        return LocalDate.ofEpochDay(epochDay).atStartOfDay(zone).toInstant().toEpochMilli();
    }
}
