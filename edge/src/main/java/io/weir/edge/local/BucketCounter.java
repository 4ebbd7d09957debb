package io.weir.edge.local;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts as a token bucket, in the units of the engine's: the debt is what is missing from a full bucket, a hit costs as many
 * units as the window has ms, and each ms pays back as many as the limit has hits. The debt stands in a box beside the slot,
 * with its time; the slot's words say what debt the hits fed so far would make.
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
    int slot(UsageTable table, long key, LongSupplier clock, long time) {
        int slot = table.find(key);
        return slot >= 0 ? slot : table.claim(key, clock.getAsLong(), time, 0, 0);
    }

    @Override
    long free(UsageTable table, int slot, long limit, long burst, long time) {
        long debt = bucket(table.box(slot)).debtAt(time, limit);
        return Math.floorDiv(capacity(limit, burst) - debt, windowMs);
    }

    @Override
    long later(UsageTable table, int slot, long time) {
        return time;
    }

    @Override
    boolean charge(UsageTable table, int slot, long limit, long burst, long hits, long time, boolean forced) {
        while (true) {
            Object box = table.box(slot);
            Bucket bucket = bucket(box);
            long debt = sum(bucket.debtAt(time, limit), units(hits));
            if (!forced && debt > capacity(limit, burst)) {
                return false;
            }
            Bucket after = new Bucket(debt, Math.max(time, bucket.at), bucket.hits + hits);
            if (table.replaceBox(slot, box, after)) {
                table.until(slot, fullAt(after, limit));
                return true;
            }
        }
    }

    private long fullAt(Bucket bucket, long limit) {
        return bucket.at + (limit == 0 ? windowMs : -Math.floorDiv(-bucket.debt, limit));
    }

    @Override
    void undo(UsageTable table, int slot, long hits, long time) {
        while (true) {
            Object box = table.box(slot);
            Bucket bucket = bucket(box);
            Bucket after = new Bucket(Math.max(0, bucket.debt - units(hits)), bucket.at, bucket.hits - hits);
            if (bucket.hits < hits || table.replaceBox(slot, box, after)) {
                return;
            }
        }
    }

    @Override
    long waitMs(UsageTable table, int slot, long limit, long burst, long hits, long time) {
        Bucket bucket = bucket(table.box(slot));
        long capacity = capacity(limit, burst);
        if (limit == 0 || units(hits) > capacity) {
            return windowMs;
        }
        long missing = bucket.debtAt(time, limit) + units(hits) - capacity;
        return Math.max(0, bucket.at - time) + -Math.floorDiv(-missing, limit);
    }

    @Override
    long resetAt(UsageTable table, int slot, long limit, long time) {
        Bucket bucket = bucket(table.box(slot));
        return bucket.debtAt(time, limit) == 0 ? time : Math.max(time, fullAt(bucket, limit));
    }

    @Override
    Mark fed(UsageTable table, int slot, long limit, long hits, long time) {
        long at = table.word(slot, FED_AT);
        long debt = sum(paid(table.word(slot, FED_DEBT), time - at, limit), units(hits));
        long all = table.word(slot, FED_HITS) + hits;
        table.set(slot, FED_DEBT, debt);
        table.set(slot, FED_AT, Math.max(at, time));
        table.set(slot, FED_HITS, all);
        return new Mark(time, all, debt);
    }

    /**
     * What the enforcers know is at least the debt of the hits fed. Where it is more, others have consumed: the bucket takes
     * over their debt, with what was counted here since. The answer tells the debt to within a hit or a ms of refill; what is
     * explained by that is nobody's.
     */
    @Override
    void learn(UsageTable table, int slot, Mark mark, long limit, long burst, long remaining, long resetAt) {
        long known =
                Math.min(units(Math.max(0, resetAt - mark.time()), limit), capacity(limit, burst) - units(remaining));
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
                table.until(slot, fullAt(after, limit));
                return;
            }
        }
    }
}
