package io.weir.edge.local;

import org.jspecify.annotations.Nullable;

/**
 * Counts as a token bucket, in the units of the engine's: the debt is what is missing from a full bucket, a hit costs as many
 * units as the window has ms, and each ms pays back as many as the limit has hits. The debt stands in a box beside the slot,
 * with its time; the slot's count says when it is paid, and its notes what debt the hits fed so far would make.
 */
final class BucketCounter extends Counter {
    private static final int FED_DEBT = 0;
    private static final int FED_AT = 1;
    private static final int FED_HITS = 2;

    /** Far more units than any bucket holds, and far from overflowing when they are added up. */
    private static final long MAX_UNITS = Long.MAX_VALUE / 4;

    private final long windowMs;

    BucketCounter(long windowMs) {
        this.windowMs = windowMs;
    }

    /** The debt in units at {@code at}, and how many hits were ever counted. */
    private record Bucket(long debt, long at, long hits) {
        private static final Bucket FULL = new Bucket(0, 0, 0);

        long debtAt(long time, long limit) {
            return paid(debt, time - at, limit);
        }
    }

    private static long paid(long debt, long elapsed, long limit) {
        if (elapsed <= 0 || debt == 0) {
            return debt;
        }
        return limit > debt / elapsed ? 0 : debt - elapsed * limit;
    }

    private static Bucket bucket(@Nullable Object box) {
        return box instanceof Bucket bucket ? bucket : Bucket.FULL;
    }

    private long capacity(long limit, long burst) {
        return limit == 0 ? 0 : units(burst == 0 ? limit : burst);
    }

    private long units(long hits) {
        return units(hits, windowMs);
    }

    private static long units(long a, long b) {
        return b != 0 && a > MAX_UNITS / b ? MAX_UNITS : a * b;
    }

    private static long sum(long a, long b) {
        return Math.min(MAX_UNITS, a + b);
    }

    @Override
    long look(UsageTable table, Use use, long time) {
        long debt = bucket(table.box(use.slot)).debtAt(time, use.count);
        use.free = Math.floorDiv(capacity(use.count, use.burst()) - debt, windowMs);
        return time;
    }

    @Override
    boolean charge(UsageTable table, Use use, long time, boolean forced) {
        while (true) {
            Object box = table.box(use.slot);
            Bucket bucket = bucket(box);
            long debt = sum(bucket.debtAt(time, use.count), units(use.hits));
            if (!forced && debt > capacity(use.count, use.burst())) {
                return false;
            }
            Bucket after = new Bucket(debt, Math.max(time, bucket.at), bucket.hits + use.hits);
            if (table.replaceBox(use.slot, box, after)) {
                table.count(use.slot, fullAt(after, use.count));
                return true;
            }
        }
    }

    private long fullAt(Bucket bucket, long limit) {
        return bucket.at + (limit == 0 ? windowMs : -Math.floorDiv(-bucket.debt, limit));
    }

    @Override
    void undo(UsageTable table, Use use, long time) {
        while (true) {
            Object box = table.box(use.slot);
            Bucket bucket = bucket(box);
            long debt = Math.max(0, bucket.debt - units(use.hits));
            Bucket after = new Bucket(debt, bucket.at, bucket.hits - use.hits);
            if (bucket.hits < use.hits || table.replaceBox(use.slot, box, after)) {
                return;
            }
        }
    }

    @Override
    long waitMs(UsageTable table, Use use, long time) {
        Bucket bucket = bucket(table.box(use.slot));
        long capacity = capacity(use.count, use.burst());
        long missing = sum(bucket.debtAt(time, use.count), units(use.hits)) - capacity;
        if (missing <= 0) {
            return 0;
        }
        if (use.count == 0 || units(use.hits) > capacity) {
            return windowMs;
        }
        return Math.max(0, bucket.at - time) + -Math.floorDiv(-missing, use.count);
    }

    @Override
    long resetAt(UsageTable table, Use use, long time) {
        Bucket bucket = bucket(table.box(use.slot));
        return bucket.debtAt(time, use.count) == 0 ? time : Math.max(time, fullAt(bucket, use.count));
    }

    @Override
    void fed(UsageTable table, Use use, long time) {
        long at = table.note(use.slot, FED_AT);
        long debt = sum(paid(table.note(use.slot, FED_DEBT), time - at, use.count), units(use.hits));
        table.note(use.slot, FED_DEBT, debt);
        table.note(use.slot, FED_AT, Math.max(at, time));
        table.note(use.slot, FED_HITS, table.note(use.slot, FED_HITS) + use.hits);
    }

    @Override
    Mark mark(UsageTable table, Use use, long time) {
        long debt = paid(table.note(use.slot, FED_DEBT), time - table.note(use.slot, FED_AT), use.count);
        return new Mark(time, use.count, use.burst(), table.note(use.slot, FED_HITS), debt);
    }

    @Override
    long slice(UsageTable table, Use use, long time) {
        return slice(time, windowMs);
    }

    /**
     * What the enforcers know is at least the debt of the hits fed. Where it is more, others have consumed: the bucket takes
     * over their debt, with what was counted here since. The answer tells the debt to within a hit or a ms of refill; what is
     * explained by that is nobody's.
     */
    @Override
    void learn(UsageTable table, int slot, Mark mark, long remaining, long resetAt) {
        long limit = mark.limit();
        long known = Math.min(
                units(Math.max(0, resetAt - mark.time()), limit), capacity(limit, mark.burst()) - units(remaining));
        if (known < mark.before() + Math.min(limit, windowMs)) {
            return;
        }
        while (true) {
            Object box = table.box(slot);
            Bucket bucket = bucket(box);
            long at = Math.max(bucket.at, mark.time());
            long since = Math.max(0, bucket.hits - mark.fed());
            long debt = sum(paid(known, at - mark.time(), limit), units(since));
            if (debt <= bucket.debtAt(at, limit)) {
                return;
            }
            Bucket after = new Bucket(debt, at, bucket.hits);
            if (table.replaceBox(slot, box, after)) {
                table.count(slot, fullAt(after, limit));
                return;
            }
        }
    }
}
