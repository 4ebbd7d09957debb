package io.weir.edge.local;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What an edge has counted and learnt, in records of one quota key each, in a table that is made once and never grows. A
 * record has places for {@link #PLACES} limits; a key that needs more has several. Where a limit of a key is counted is a
 * <em>slot</em>: eight times the record's number and its place in it.
 *
 * <pre>
 *  cells:  key | tags: which limit is in which place | count | count | count | count | count | nothing    one cache line
 *  notes:  five numbers for each place, which checks hardly look at
 *  boxes:  an object for each place whose counter needs one
 * </pre>
 *
 * <p>So a check whose limits share a key waits for one line of memory, with all of them in it. Records are found by a 64-bit
 * hash of the key, in a run of {@link #RUN}; a key that finds this run full has another one. Reading, counting and learning
 * take no locks; only a new key or limit takes one, of many.
 *
 * <p>A record is free for another key, and a place for another limit, when what was counted there matters no more. When
 * both runs are full of live records, the one that ends first makes room: its usage is forgotten until the enforcers tell it
 * again. Who works on a slot that is taken from under it finds that out by asking {@link #holds} again.
 *
 * @see <a href="../../../../../../../../docs/adr/0005-edges.md">ADR 5</a>
 */
final class UsageTable {
    /** Limits in a record. */
    static final int PLACES = 5;

    /** Records that a key may be in, twice. */
    static final int RUN = 6;

    /** Numbers beside a count, for its counter to use. */
    static final int NOTES = 5;

    /** Bytes that a record takes, without what is in its boxes. */
    static final int RECORD_BYTES = 64 + PLACES * (NOTES * Long.BYTES + 4);

    /** Limits of a key for which there is a record, on average. */
    static final int LIMITS_PER_RECORD = 4;

    /** How long after its end usage is kept, in ms: for events on their way. */
    static final long SLACK_MS = 2_000;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    /** Slots, and cells, of a record. */
    static final int STRIDE = 8;

    private static final int KEY = 0;
    private static final int TAGS = 1;
    private static final int COUNTS = 2;

    /** Nobody reads it. */
    private static final int NOTHING = 7;

    /** Data of a large array begins 16 bytes after a boundary: so much makes records begin at cache lines. */
    private static final int ALIGN = 6;

    private static final long NEVER_USED = 0;
    private static final long FREED = 1;
    private static final long BEING_MADE = 2;
    private static final long FIRST_KEY = 3;
    private static final int LOCKS = 64;
    static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final long[] cells;
    private final long[] notes;
    private final AtomicReferenceArray<@Nullable Object> boxes;
    private final Limits limits;
    private final Object[] locks = new Object[LOCKS];
    private final int shift;
    private final int records;
    private int swept;
    private final LongAdder evicted = new LongAdder();

    /**
     * @param capacity how many limits of keys it is made for, a power of two of at least 32
     * @param limits by whom counts are counted
     */
    UsageTable(int capacity, Limits limits) {
        int buckets = capacity / LIMITS_PER_RECORD;
        if (buckets < RUN || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two of at least 32, but was " + capacity);
        }
        this.limits = limits;
        this.records = buckets + RUN - 1;
        this.cells = new long[Math.multiplyExact(records + RUN, STRIDE) + ALIGN];
        this.notes = new long[Math.multiplyExact(records, PLACES * NOTES)];
        this.boxes = new AtomicReferenceArray<>(records * PLACES);
        this.shift = Long.numberOfLeadingZeros(buckets) + 1;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    /** The key that stands for a hash: a few small numbers mean something else. */
    static long key(long hash) {
        return hash >= 0 && hash < FIRST_KEY ? hash + FIRST_KEY : hash;
    }

    /** The record at which the run of a key begins. */
    int home(long key) {
        return (int) (key >>> shift);
    }

    /** Where else a key may be when its run is full. */
    private int refuge(long key) {
        return (int) ((key * SPREAD) >>> shift);
    }

    private static int at(int record, int cell) {
        return ALIGN + record * STRIDE + cell;
    }

    private static int at(int slot) {
        return ALIGN + COUNTS + slot;
    }

    private static int cold(int slot) {
        return (slot >>> 3) * PLACES + (slot & (STRIDE - 1));
    }

    /**
     * Asks memory for where a key mostly is, so that it comes while something else is done. A processor goes on for some 200
     * instructions only after a read that waits, but for as long as its store buffer lasts after a write; and what is
     * counted there is written anyway.
     */
    void touch(long key) {
        LONGS.setOpaque(cells, at(home(key), NOTHING), 0L);
    }

    private long keyOf(int record) {
        return (long) LONGS.getAcquire(cells, at(record, KEY));
    }

    /** Which limits are in a record: see {@link Tags}. */
    long tags(int record) {
        return (long) LONGS.getAcquire(cells, at(record, TAGS));
    }

    /**
     * The slot of a limit, or -1.
     *
     * @param likely a record it is likely to be in
     */
    int find(long key, int limit, int likely) {
        int slot = keyOf(likely) == key ? find(likely, limit) : -1;
        return slot >= 0 ? slot : find(key, limit);
    }

    private int find(int record, int limit) {
        int place = Tags.place(tags(record), limit);
        return place < 0 ? -1 : record * STRIDE + place;
    }

    /** The first record of a key in its run, or -1. */
    int first(long key) {
        int home = home(key);
        for (int record = home; record < home + RUN; record++) {
            long found = keyOf(record);
            if (found == key) {
                return record;
            }
            if (found == NEVER_USED) {
                return -1;
            }
        }
        return -1;
    }

    /** Which record a slot is in. */
    static int record(int slot) {
        return slot >>> 3;
    }

    private int find(long key, int limit) {
        int home = home(key);
        for (int record = home; record < home + RUN; record++) {
            long found = keyOf(record);
            int slot = found == key ? find(record, limit) : -1;
            if (slot >= 0 || found == NEVER_USED) {
                return slot;
            }
        }
        int refuge = refuge(key);
        for (int record = refuge; record < refuge + RUN; record++) {
            int slot = keyOf(record) == key ? find(record, limit) : -1;
            if (slot >= 0) {
                return slot;
            }
        }
        return -1;
    }

    /**
     * The slot of a limit, a new one where there is none.
     *
     * @param now epoch ms by the edge's clock, to tell what is over
     * @param count what the count is to be in a new one
     * @param note what its notes are to be
     */
    int claim(long key, int limit, long now, long count, long note) {
        synchronized (locks[home(key) & (LOCKS - 1)]) {
            int known = find(key, limit);
            while (known < 0) {
                int record = withRoom(key, limit);
                known = record >= 0 ? add(record, limit, count, note) : -1;
                if (record < 0) {
                    makeRoom(key, limit, now);
                }
            }
            return known;
        }
    }

    /** A record of the key in which the limit has a place, or -1. */
    private int withRoom(long key, int limit) {
        for (int i = 0; i < 2 * RUN; i++) {
            int record = i < RUN ? home(key) + i : refuge(key) + i - RUN;
            if (keyOf(record) == key && Tags.free(tags(record), limit) >= 0) {
                return record;
            }
        }
        return -1;
    }

    /** Gives the limit a place in the record; -1 where that has just been taken. */
    private int add(int record, int limit, long count, long note) {
        long tags = tags(record);
        int place = Tags.free(tags, limit);
        if (place < 0) {
            return -1;
        }
        int slot = record * STRIDE + place;
        LONGS.setRelease(cells, at(slot), count);
        for (int i = 0; i < NOTES; i++) {
            note(slot, i, note);
        }
        boxes.set(cold(slot), null);
        return LONGS.compareAndSet(cells, at(record, TAGS), tags, Tags.with(tags, place, limit)) ? slot : -1;
    }

    /** Makes a record for the key, of one that is free or over, or else of the one of its second run that ends first. */
    private void makeRoom(long key, int limit, long now) {
        int record = roomiest(key, now);
        long there = keyOf(record);
        if (there != BEING_MADE && LONGS.compareAndSet(cells, at(record, KEY), there, BEING_MADE)) {
            if (inUse(there)) {
                evicted.add(live(record, now));
            }
            LONGS.setRelease(cells, at(record, TAGS), Tags.none(limit));
            LONGS.setRelease(cells, at(record, KEY), key);
        }
    }

    private static boolean inUse(long key) {
        return key != NEVER_USED && key != FREED && key != BEING_MADE;
    }

    private int roomiest(long key, long now) {
        int home = home(key);
        int refuge = refuge(key);
        int free = free(home, now);
        free = free < 0 ? free(refuge, now) : free;
        if (free >= 0) {
            return free;
        }
        int best = refuge;
        for (int record = refuge; record < refuge + RUN; record++) {
            best = until(record, now) < until(best, now) ? record : best;
        }
        return best;
    }

    private int free(int run, long now) {
        for (int record = run; record < run + RUN; record++) {
            long there = keyOf(record);
            if (!inUse(there) ? there != BEING_MADE : until(record, now) + SLACK_MS <= now) {
                return record;
            }
        }
        return -1;
    }

    /** When the last of a record's limits is over, epoch ms; those without any were over always. */
    private long until(int record, long now) {
        long tags = tags(record);
        long until = Long.MIN_VALUE / 2;
        for (int place = 0; place < PLACES; place++) {
            int limit = Tags.limit(tags, place);
            if (limit != Limits.NONE) {
                until = Math.max(until, limits.counter(limit).until(this, record * STRIDE + place, now));
            }
        }
        return until;
    }

    private int live(int record, long now) {
        long tags = tags(record);
        int live = 0;
        for (int place = 0; place < PLACES; place++) {
            live += over(record, place, tags, now) ? 0 : 1;
        }
        return live;
    }

    private boolean over(int record, int place, long tags, long now) {
        int limit = Tags.limit(tags, place);
        return limit == Limits.NONE
                || limits.counter(limit).until(this, record * STRIDE + place, now) + SLACK_MS <= now;
    }

    /** Whether a record is still that key's, with those limits in it. */
    boolean holds(int record, long key, long tags) {
        return keyOf(record) == key && tags(record) == tags;
    }

    /** Whether the slot is still that limit's of that key. */
    boolean holds(int slot, long key, int limit) {
        int record = record(slot);
        return keyOf(record) == key && Tags.limit(tags(record), slot & (STRIDE - 1)) == limit;
    }

    long count(int slot) {
        return (long) LONGS.getAcquire(cells, at(slot));
    }

    void count(int slot, long value) {
        LONGS.setRelease(cells, at(slot), value);
    }

    boolean replaceCount(int slot, long before, long after) {
        return LONGS.compareAndSet(cells, at(slot), before, after);
    }

    long note(int slot, int note) {
        return (long) LONGS.getAcquire(notes, cold(slot) * NOTES + note);
    }

    void note(int slot, int note, long value) {
        LONGS.setRelease(notes, cold(slot) * NOTES + note, value);
    }

    boolean replaceNote(int slot, int note, long before, long after) {
        return LONGS.compareAndSet(notes, cold(slot) * NOTES + note, before, after);
    }

    @Nullable
    Object box(int slot) {
        return boxes.getAcquire(cold(slot));
    }

    boolean replaceBox(int slot, @Nullable Object before, Object after) {
        return boxes.compareAndSet(cold(slot), before, after);
    }

    /**
     * Frees records and places that are over, in a part of the table at each call. One thread only.
     *
     * @return how many of the records looked at are in use
     */
    int sweep(long now, int count) {
        int live = 0;
        for (int i = 0; i < count; i++) {
            int record = swept;
            swept = swept + 1 == records ? 0 : swept + 1;
            long there = keyOf(record);
            if (inUse(there)) {
                long tags = tags(record);
                long left = tags;
                for (int place = 0; place < PLACES; place++) {
                    left = over(record, place, tags, now) ? Tags.without(left, place) : left;
                }
                if (Tags.empty(left)) {
                    LONGS.compareAndSet(cells, at(record, KEY), there, FREED);
                } else {
                    live++;
                    if (left != tags) {
                        LONGS.compareAndSet(cells, at(record, TAGS), tags, left);
                    }
                }
            }
        }
        return live;
    }

    int records() {
        return records;
    }

    /** How many limits of live keys had to make room for others. */
    long evicted() {
        return evicted.sum();
    }
}
