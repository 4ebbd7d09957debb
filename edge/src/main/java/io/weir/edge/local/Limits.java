package io.weir.edge.local;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The limits that an edge has met, each by a number of its own, of 14 bits, so that few bits say which one a count
 * is of. A limit keeps its number when its policy is changed, as it keeps its usage. Whoever meets more than there are
 * numbers has the oldest given away: an edge of one policy of thirty limits may see all of them changed 500 times. Any
 * thread.
 */
final class Limits {
    static final int NONE = 0;

    private static final int NUMBERS = 1 << 14;

    /** Those whose lower bits, as in {@link Tags}, are all 0 stand for none. */
    private static final int SKIPPED = (1 << Tags.BITS) - 1;

    private final Map<Long, Integer> bySeed = new HashMap<>();
    private final long[] seeds = new long[NUMBERS];
    private final AtomicReferenceArray<@Nullable Counter> counters = new AtomicReferenceArray<>(NUMBERS);
    private int last;

    /** The number of a limit; it is counted by {@code counter} from now on, which is like the one before. */
    synchronized int number(long seed, Counter counter) {
        Integer known = bySeed.get(seed);
        int number = known == null ? next() : known;
        if (known == null) {
            bySeed.remove(seeds[number], number);
            bySeed.put(seed, number);
            seeds[number] = seed;
        }
        counters.set(number, counter);
        return number;
    }

    private int next() {
        last = (last + 1) % NUMBERS;
        if ((last & SKIPPED) == 0) {
            last++;
        }
        return last;
    }

    /** Who counts the limit of that number. */
    Counter counter(int number) {
        Counter counter = counters.getAcquire(number);
        if (counter == null) {
            throw new IllegalArgumentException("a limit's number must have been given, but was " + number);
        }
        return counter;
    }
}
