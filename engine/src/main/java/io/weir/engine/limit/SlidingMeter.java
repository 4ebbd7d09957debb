package io.weir.engine.limit;

/**
 * Approximates a moving window by two clock-aligned ones:
 * {@code consumed = floor(previous × (window − elapsed) / window) + current}. With 60 per minute, 40 hits in the minute
 * before and 10 in this one, at 15 s into it {@code floor(40 × 45 / 60) + 10 = 40} are consumed and 20 remain.
 */
public record SlidingMeter(Calendar calendar) implements Meter {

    @Override
    public boolean retains(Windows windows, long time) {
        long start = calendar.start(time);
        return start >= windows.floor() || windows.indexOf(start) >= 0;
    }

    @Override
    public long consumed(Windows windows, long limit, long time) {
        long start = calendar.start(time);
        long length = calendar.end(start) - start;
        long previous = FixedMeter.hitsAt(windows, calendar.before(start));
        long weighted = previous == 0 ? 0 : Proportion.floor(previous, length - (time - start), length);
        return Meter.add(weighted, FixedMeter.hitsAt(windows, start));
    }

    @Override
    public int charge(Windows windows, long limit, long hits, long time) {
        long start = calendar.start(time);
        return FixedMeter.charge(calendar, windows, hits, time, calendar.end(start) - start);
    }

    @Override
    public void refund(Windows windows, long limit, long hits, long time) {
        windows.refund(windows.indexOf(calendar.start(time)), hits);
    }

    @Override
    public long waitMs(Windows windows, long limit, long burst, long hits, long time) {
        if (hasRoom(windows, limit, burst, hits, time)) {
            return 0;
        }
        long start = calendar.start(time);
        if (hits > limit) {
            return calendar.end(start) - time;
        }
        long previous = FixedMeter.hitsAt(windows, calendar.before(start));
        long from = time;
        while (true) {
            long end = calendar.end(start);
            long current = FixedMeter.hitsAt(windows, start);
            long fits = Math.max(from, fitsAt(previous, limit - current - hits, start, end));
            if (fits < end) {
                return fits - time;
            }
            previous = current;
            start = end;
            from = end;
        }
    }

    /** First ms of the window at which {@code floor(previous × left / length) <= room}; its end or later when none is. */
    private static long fitsAt(long previous, long room, long start, long end) {
        if (room < 0) {
            return end;
        }
        if (previous <= room) {
            return start;
        }
        // floor(p × left / n) <= room  <=>  p × left < (room + 1) × n  <=>  left <= ceil((room + 1) × n / p) − 1
        long length = end - start;
        return end - (Proportion.ceil(room + 1, length, previous) - 1);
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
        return calendar.end(calendar.end(calendar.start(time)));
    }
}
