package io.weir.engine.limit;

/**
 * Counts in windows of a fixed length that begin with their first hit: with 10 per minute and a first hit at 12:45:09.000
 * the window is {@code [12:45:09.000, 12:46:09.000)}.
 */
public record FirstHitMeter(long lengthMs) implements Meter {

    private int find(Windows windows, long time) {
        int index = windows.latestAtOrBefore(time);
        return index >= 0 && time < windows.start(index) + lengthMs ? index : -1;
    }

    @Override
    public boolean retains(Windows windows, long time) {
        return time >= windows.floor() || find(windows, time) >= 0;
    }

    @Override
    public long consumed(Windows windows, long limit, long time) {
        int index = find(windows, time);
        return index < 0 ? 0 : windows.hits(index);
    }

    @Override
    public int charge(Windows windows, long limit, long hits, long time) {
        int index = find(windows, time);
        if (index < 0) {
            index = windows.insert(time);
            while (windows.size() > 1 && index > 0 && expired(windows, 0)) {
                windows.drop(0, windows.start(0) + lengthMs);
                index--;
            }
        }
        windows.set(index, Meter.add(windows.hits(index), hits), windows.start(index));
        return index;
    }

    private boolean expired(Windows windows, int index) {
        return windows.size() > Windows.MAX_RETAINED
                || windows.start(index) + lengthMs + Windows.lateness(lengthMs) <= windows.now();
    }

    @Override
    public void refund(Windows windows, long limit, long hits, long time) {
        int index = find(windows, time);
        windows.refund(index, hits);
        if (index >= 0 && windows.hits(index) == 0) {
            // What was never charged opens no window.
            windows.remove(index);
        }
    }

    @Override
    public long waitMs(Windows windows, long limit, long burst, long hits, long time) {
        long at = time;
        while (Meter.add(consumed(windows, limit, at), hits) > limit) {
            at = resetAt(windows, limit, at);
            if (hits > limit) {
                break;
            }
        }
        return at - time;
    }

    @Override
    public long resetAt(Windows windows, long limit, long time) {
        int index = find(windows, time);
        return (index < 0 ? time : windows.start(index)) + lengthMs;
    }

    @Override
    public long end(Windows windows, int index) {
        return windows.start(index) + lengthMs;
    }

    @Override
    public long relevantUntil(Windows windows, long limit, long time) {
        return resetAt(windows, limit, time);
    }
}
