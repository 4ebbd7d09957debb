package io.weir.edge.local;

/**
 * Which limits are in the places of a record of a {@link UsageTable}, in one number: twelve bits for each, 0 where it is free, and
 * in the upper four bits what all of them have in common. A limit is a number of up to 14 bits: see {@link Limits}.
 */
final class Tags {
    static final int BITS = 12;
    private static final int MASK = (1 << BITS) - 1;
    private static final int PAGE_SHIFT = UsageTable.PLACES * BITS;

    /** A 1 for each place. */
    private static final long ONES = (1L << PAGE_SHIFT) / MASK;

    private Tags() {}

    /** Upper bits of a limit. */
    static int page(int limit) {
        return limit >>> BITS;
    }

    /** No limits, but place for those that share the upper bits of one. */
    static long none(int limit) {
        return (long) page(limit) << PAGE_SHIFT;
    }

    private static int tag(long tags, int place) {
        return (int) (tags >>> (place * BITS)) & MASK;
    }

    /**
     * The first place with that tag, or -1. All places are compared at once: a place where they are equal borrows. Limits are
     * in other places for other keys, and a loop that ends elsewhere each time is mispredicted.
     */
    private static int search(long tags, int tag) {
        long differ = (tags ^ tag * ONES) & (-1L >>> (Long.SIZE - PAGE_SHIFT));
        long equal = (differ - ONES) & ~differ & ONES << (BITS - 1);
        return equal == 0 ? -1 : Long.numberOfTrailingZeros(equal) / BITS;
    }

    private static boolean samePage(long tags, int limit) {
        return (int) (tags >>> PAGE_SHIFT) == page(limit);
    }

    /** The place of a limit, or -1. */
    static int place(long tags, int limit) {
        return samePage(tags, limit) ? search(tags, limit & MASK) : -1;
    }

    /** A place that the limit can have, or -1. */
    static int free(long tags, int limit) {
        return samePage(tags, limit) ? search(tags, 0) : -1;
    }

    /** The limit in a place, or {@link Limits#NONE}. */
    static int limit(long tags, int place) {
        int tag = tag(tags, place);
        return tag == 0 ? Limits.NONE : (int) (tags >>> PAGE_SHIFT) << BITS | tag;
    }

    static long with(long tags, int place, int limit) {
        return tags | (long) (limit & MASK) << (place * BITS);
    }

    static long without(long tags, int place) {
        return tags & ~((long) MASK << (place * BITS));
    }

    static boolean empty(long tags) {
        return tags << (Long.SIZE - PAGE_SHIFT) == 0;
    }
}
