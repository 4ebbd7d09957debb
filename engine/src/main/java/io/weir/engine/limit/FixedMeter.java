package io.weir.engine.limit;

/**
 * Counts in clock-aligned, half-open windows {@code [start, end)}: 60 per minute allows 60 hits from 12:45:00.000 to
 * 12:45:59.999 and again 60 from 12:46:00.000.
 */
public record FixedMeter(Calendar calendar) implements Meter {

    @Override
    public boolean retains(Windows windows, long time) {
        long start = calendar.start(time);
        return start >= windows.floor() || windows.indexOf(start) >= 0;
    }

    @Override
    public long consumed(Windows windows, long limit, long time) {
        return hitsAt(windows, calendar.start(time));
    }

    static long hitsAt(Windows windows, long start) {
        int index = windows.indexOf(start);
        return index < 0 ? 0 : windows.hits(index);
    }

    @Override
    public int charge(Windows windows, long limit, long hits, long time) {
        return charge(calendar, windows, hits, time, 0);
    }

    /** Shared with the sliding meter, which must keep each window for one more window's length. */
    static int charge(Calendar calendar, Windows windows, long hits, long time, long keepMs) {
        long start = calendar.start(time);
        int index = windows.indexOf(start);
        if (index < 0) {
            index = prune(calendar, windows, windows.insert(start), keepMs);
        }
        windows.set(index, Meter.add(windows.hits(index), hits), start);
        return index;
    }

    private static int prune(Calendar calendar, Windows windows, int charged, long keepMs) {
        int kept = charged;
        int i = 0;
        while (i < windows.size() - 1) {
            long end = calendar.end(windows.start(i));
            long lateness = Windows.lateness(end - windows.start(i));
            boolean late = end + lateness + keepMs <= windows.now();
            if (i == kept) {
                i++;
            } else if (late || windows.size() > Windows.MAX_RETAINED) {
                windows.drop(i, end);
                kept -= i < kept ? 1 : 0;
            } else {
                break;
            }
        }
        return kept;
    }

    @Override
    public void refund(Windows windows, long limit, long hits, long time) {
        windows.refund(windows.indexOf(calendar.start(time)), hits);
    }

    @Override
    public long waitMs(Windows windows, long limit, long burst, long hits, long time) {
        long start = calendar.start(time);
        if (Meter.add(hitsAt(windows, start), hits) <= limit) {
            return 0;
        }
        long next = calendar.end(start);
        // Only out-of-order events find later windows in use.
        while (hits <= limit && Meter.add(hitsAt(windows, next), hits) > limit) {
            next = calendar.end(next);
        }
        return next - time;
    }

    @Override
    public long resetAt(Windows windows, long limit, long time) {
        return calendar.end(calendar.start(time));
    }

    @Override
    public long end(Windows windows, int index) {
        return calendar.end(windows.start(index));
    }

    @Override
    public long relevantUntil(Windows windows, long limit, long time) {
        return calendar.end(calendar.start(time));
    }
}
