package io.weir.engine.limit;

/**
 * A token bucket in the form of GCRA: it refills {@code limit} hits per window evenly, holds at most {@code burst} and
 * starts full.
 *
 * <p>Kept is the debt, what is missing from a full bucket, in units of 1/window of a hit so that all arithmetic is in
 * integers: a hit costs {@code window} units, each ms pays back {@code limit}. With 60 per minute a hit costs 60,000
 * and a ms pays 60: one hit per second.
 *
 * <p>An event older than the last one sees the debt as it was at the last one. After a pause in which it filled up
 * again, of more than {@link Windows#LATENESS_MS}, a bucket begins anew beside the old one, and each event goes to the
 * one of its time: an event stamped fifty days ahead stops nobody's refill. A window's mark is the time of its last hit.
 */
public record BucketMeter(long windowMs) implements Meter {

    private static int find(Windows windows, long time) {
        return windows.latestAtOrBefore(Meter.add(time, Windows.LATENESS_MS));
    }

    private long debt(Windows windows, int index, long limit, long time) {
        if (index < 0) {
            return 0;
        }
        long debt = windows.hits(index);
        long elapsed = time - windows.mark(index);
        if (elapsed <= 0) {
            return debt;
        }
        long paid = Math.multiplyHigh(elapsed, limit) == 0 && elapsed * limit >= 0 ? elapsed * limit : Long.MAX_VALUE;
        return Math.max(0, debt - paid);
    }

    @Override
    public boolean retains(Windows windows, long time) {
        return time >= windows.floor() || find(windows, time) >= 0;
    }

    @Override
    public long consumed(Windows windows, long limit, long time) {
        return ceil(debt(windows, find(windows, time), limit, time), windowMs);
    }

    @Override
    public boolean hasRoom(Windows windows, long limit, long burst, long hits, long time) {
        return Meter.add(debt(windows, find(windows, time), limit, time), units(hits)) <= capacity(limit, burst);
    }

    @Override
    public int charge(Windows windows, long limit, long hits, long time) {
        int index = find(windows, time);
        long debt = debt(windows, index, limit, time);
        boolean anew = index < 0 || (debt == 0 && time - windows.mark(index) > Windows.LATENESS_MS);
        if (anew) {
            index = prune(windows, windows.insert(time), limit);
        }
        long last = anew ? time : Math.max(time, windows.mark(index));
        windows.set(index, Meter.add(debt, units(hits)), last);
        return index;
    }

    private int prune(Windows windows, int charged, long limit) {
        int index = charged;
        while (index > 0
                && (windows.size() > Windows.MAX_RETAINED
                        || Meter.add(fullAt(windows, 0, limit), Windows.LATENESS_MS) <= windows.now())) {
            windows.drop(0, windows.mark(0));
            index--;
        }
        return index;
    }

    private long fullAt(Windows windows, int index, long limit) {
        return Meter.add(windows.mark(index), limit == 0 ? windowMs : ceil(windows.hits(index), limit));
    }

    @Override
    public void refund(Windows windows, long limit, long hits, long time) {
        windows.refund(find(windows, time), units(hits));
    }

    @Override
    public long remaining(Windows windows, long limit, long burst, long time) {
        long free = capacity(limit, burst) - debt(windows, find(windows, time), limit, time);
        return Math.max(0, free / windowMs);
    }

    @Override
    public long waitMs(Windows windows, long limit, long burst, long hits, long time) {
        int index = find(windows, time);
        long debt = debt(windows, index, limit, time);
        long capacity = capacity(limit, burst);
        long missing = Meter.add(debt, units(hits)) - capacity;
        if (missing <= 0) {
            return 0;
        }
        if (limit == 0 || units(hits) > capacity) {
            return windowMs;
        }
        long from = index < 0 ? time : Math.max(time, windows.mark(index));
        return from - time + ceil(missing, limit);
    }

    @Override
    public long resetAt(Windows windows, long limit, long time) {
        int index = find(windows, time);
        long debt = debt(windows, index, limit, time);
        if (debt == 0) {
            return time;
        }
        return Math.max(time, fullAt(windows, index, limit));
    }

    @Override
    public long end(Windows windows, int index) {
        return windows.mark(index);
    }

    @Override
    public long relevantUntil(Windows windows, long limit, long time) {
        return resetAt(windows, limit, time);
    }

    /** {@code limit} 0 denies whatever the burst. */
    private long capacity(long limit, long burst) {
        return limit == 0 ? 0 : units(burst == 0 ? limit : burst);
    }

    private long units(long hits) {
        return Math.multiplyHigh(hits, windowMs) == 0 && hits * windowMs >= 0 ? hits * windowMs : Long.MAX_VALUE;
    }

    private static long ceil(long a, long b) {
        return a / b + (a % b == 0 ? 0 : 1);
    }
}
