package io.weir.edge.local;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What an edge has counted and learnt, a slot for each limit of each quota key: eight longs, one cache line, in a table that
 * is made once and never grows. Slots are found by a 64-bit hash of limit and key, in a run of {@link #RUN} that all limits
 * of a key share: so they lie side by side, and a check that looks at several touches one page of memory. A key that finds
 * this run full has another one. Reading, counting and learning take no locks; only a new key takes one, of many.
 *
 * <p>A slot whose limit matters no more (its window is over) is free for another key. When both runs are full of live ones, the
 * one that ends first makes room: its usage is forgotten until the enforcers tell it again. Who works on a slot that is
 * taken from under it finds that out by looking at {@link #key} again.
 */
final class UsageTable {
    /** How many slots a key may be in. */
    static final int RUN = 24;

    /** Words that counters use as they please, beside {@link #until}. */
    static final int WORDS = 6;

    /** Bytes that a slot takes, without what counters put beside it. */
    static final int SLOT_BYTES = 64 + 8 + 4;

    /** How long after its end a slot is kept, in ms: for events on their way. */
    static final long SLACK_MS = 2_000;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int STRIDE = 8;
    private static final int KEY = 0;
    private static final int UNTIL = 1;
    private static final int FIRST = 2;

    /** Data of a large array begins 16 bytes after a boundary: so much makes slots begin at cache lines. */
    private static final int ALIGN = 6;

    private static final long NEVER_USED = 0;
    private static final long FREED = 1;
    private static final long BEING_MADE = 2;
    private static final long FIRST_KEY = 3;
    private static final int LOCKS = 64;
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final long[] cells;
    private final AtomicReferenceArray<@Nullable Object> boxes;
    private final Object[] locks = new Object[LOCKS];
    private final int shift;
    private final int slots;
    private int swept;
    private final LongAdder evicted = new LongAdder();

    /** @param capacity how many limits of keys it is made for, a power of two of at least {@link #RUN} */
    UsageTable(int capacity) {
        if (capacity < RUN || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(
                    "capacity must be a power of two of at least " + RUN + ", but was " + capacity);
        }
        this.slots = capacity + RUN - 1;
        this.cells = new long[Math.multiplyExact(slots + RUN, STRIDE) + ALIGN];
        this.boxes = new AtomicReferenceArray<>(slots);
        this.shift = Long.numberOfLeadingZeros(capacity) + 1;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    /** The key that stands for a hash: a few small numbers mean something else. */
    static long key(long hash) {
        return hash >= 0 && hash < FIRST_KEY ? hash + FIRST_KEY : hash;
    }

    /** Where the run begins in which slots of that hash are; keys of one subject share it, so that they lie together. */
    int home(long hash) {
        return (int) (hash >>> shift);
    }

    private static int at(int slot, int word) {
        return ALIGN + slot * STRIDE + word;
    }

    /** Where else a key may be when the run it shares is full. */
    private int refuge(long key) {
        return (int) ((key * SPREAD) >>> shift);
    }

    /**
     * The slot of a key, or -1.
     *
     * @param likely where it is likely to be
     */
    int find(int home, long key, int likely) {
        return (long) LONGS.getAcquire(cells, at(likely, KEY)) == key ? likely : find(home, key);
    }

    /** The slot of a key, or -1. */
    private int find(int home, long key) {
        for (int slot = home; slot < home + RUN; slot++) {
            long found = (long) LONGS.getAcquire(cells, at(slot, KEY));
            if (found == key) {
                return slot;
            }
            if (found == NEVER_USED) {
                return -1;
            }
        }
        return findIn(refuge(key), key);
    }

    private int findIn(int run, long key) {
        for (int slot = run; slot < run + RUN; slot++) {
            if ((long) LONGS.getAcquire(cells, at(slot, KEY)) == key) {
                return slot;
            }
        }
        return -1;
    }

    /**
     * The slot of a key, a new one where there is none.
     *
     * @param now epoch ms by the edge's clock, to tell which slots are over
     * @param first what the words are to be in a new one, those of even places; {@code second} is for the others
     */
    int claim(int home, long key, long now, long until, long first, long second) {
        synchronized (locks[home & (LOCKS - 1)]) {
            int known = find(home, key);
            while (known < 0) {
                int slot = roomiest(home, key, now);
                long there = (long) LONGS.getAcquire(cells, at(slot, KEY));
                if (there != BEING_MADE && LONGS.compareAndSet(cells, at(slot, KEY), there, BEING_MADE)) {
                    if (inUse(there) && until(slot) + SLACK_MS > now) {
                        evicted.increment();
                    }
                    make(slot, until, first, second);
                    LONGS.setRelease(cells, at(slot, KEY), key);
                    known = slot;
                }
            }
            return known;
        }
    }

    private static boolean inUse(long key) {
        return key != NEVER_USED && key != FREED && key != BEING_MADE;
    }

    /** A slot of either run that is free or over, or else the one of the second run that ends first. */
    private int roomiest(int home, long key, long now) {
        int free = free(home, now);
        int refuge = refuge(key);
        free = free < 0 ? free(refuge, now) : free;
        if (free >= 0) {
            return free;
        }
        int best = refuge;
        for (int slot = refuge; slot < refuge + RUN; slot++) {
            best = until(slot) < until(best) ? slot : best;
        }
        return best;
    }

    private int free(int run, long now) {
        for (int slot = run; slot < run + RUN; slot++) {
            long there = (long) LONGS.getAcquire(cells, at(slot, KEY));
            if (there == NEVER_USED || there == FREED || (there != BEING_MADE && until(slot) + SLACK_MS <= now)) {
                return slot;
            }
        }
        return -1;
    }

    private void make(int slot, long until, long first, long second) {
        boxes.set(slot, null);
        cells[at(slot, UNTIL)] = until;
        for (int word = 0; word < WORDS; word += 2) {
            cells[at(slot, FIRST + word)] = first;
            cells[at(slot, FIRST + word + 1)] = second;
        }
    }

    /** Which key the slot is in use by. */
    long key(int slot) {
        return (long) LONGS.getAcquire(cells, at(slot, KEY));
    }

    long word(int slot, int word) {
        return (long) LONGS.getAcquire(cells, at(slot, FIRST + word));
    }

    boolean replace(int slot, int word, long before, long after) {
        return LONGS.compareAndSet(cells, at(slot, FIRST + word), before, after);
    }

    /** For a word that one thread writes. */
    void set(int slot, int word, long value) {
        LONGS.setRelease(cells, at(slot, FIRST + word), value);
    }

    /** Epoch ms at which what is in the slot matters no more. */
    long until(int slot) {
        return (long) LONGS.getOpaque(cells, at(slot, UNTIL));
    }

    void until(int slot, long time) {
        LONGS.setOpaque(cells, at(slot, UNTIL), time);
    }

    @Nullable
    Object box(int slot) {
        return boxes.getAcquire(slot);
    }

    boolean replaceBox(int slot, @Nullable Object before, Object after) {
        return boxes.compareAndSet(slot, before, after);
    }

    /**
     * Frees slots that are over, a part of the table at each call. One thread only.
     *
     * @return how many of the slots looked at are in use
     */
    int sweep(long now, int count) {
        int live = 0;
        for (int i = 0; i < count; i++) {
            int slot = swept;
            swept = swept + 1 == slots ? 0 : swept + 1;
            long there = key(slot);
            if (inUse(there)) {
                if (until(slot) + SLACK_MS <= now) {
                    LONGS.compareAndSet(cells, at(slot, KEY), there, FREED);
                } else {
                    live++;
                }
            }
        }
        return live;
    }

    int slots() {
        return slots;
    }

    /** How many live slots had to make room for others. */
    long evicted() {
        return evicted.sum();
    }
}
