package io.weir.topology;

import io.weir.engine.limit.SubjectUsage;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decoded entries: found by key, kept as long as they are used, and in the order in which they were changed. For one
 * thread.
 *
 * <p>An entry is on probation first, among a few hundred. Most of them are not asked for again soon: those leave, and the
 * objects, with all the memory their usage takes, serve for the next key, so that they stay in the processor's caches and a
 * decision makes no garbage. One that was asked for again is kept, with a second chance, among some thousands. What was
 * changed when it was first asked for is <em>fresh</em>: to be written with the record, while it is in the caches; what is
 * changed after that will be changed again and can wait.
 */
final class HotEntries {
    private static final int FIRST_CHAINS = 1024;

    /** Entries on probation. */
    private static final int PROBATION = 256;

    /**
     * Entries that are kept although they are logged, because they are used all the time. More of them cost more, in caches
     * of the processor, than decoding does.
     */
    private static final int KEPT = 4096;

    /** An entry. */
    static final class Hot {
        private final SubjectUsage usage = new SubjectUsage();
        private byte[] key;
        private long hash;
        /** Where it stood last among the warm entries, or -1. */
        private int place = -1;

        private boolean dirty;
        /** Asked for again since it came, or since it was last looked at for eviction. */
        private boolean used;
        /** No longer to be found. */
        private boolean gone;
        /** The next one in its chain. */
        private @Nullable Hot next;

        private Hot(byte[] key) {
            this.key = key;
        }

        byte[] key() {
            return key;
        }

        long hash() {
            return hash;
        }

        SubjectUsage usage() {
            return usage;
        }

        int place() {
            return place;
        }

        void place(int place) {
            this.place = place;
        }

        /** Differs from what is logged. */
        boolean dirty() {
            return dirty;
        }
    }

    /** Chains by hash, a power of two of them. */
    private @Nullable Hot[] chains = new Hot[FIRST_CHAINS];

    private int size;
    /** In the order in which they came. */
    private final ArrayDeque<Hot> probation = new ArrayDeque<>();
    /** In the order in which they are looked at for eviction. */
    private final ArrayDeque<Hot> kept = new ArrayDeque<>();
    /** Changed when they came. */
    private final ArrayDeque<Hot> fresh = new ArrayDeque<>();
    /** Changed later, the longest changed first. */
    private final ArrayDeque<Hot> waiting = new ArrayDeque<>();
    /** Evicted ones. */
    private final ArrayDeque<Hot> unused = new ArrayDeque<>();

    int size() {
        return size;
    }

    /** How many changed ones can wait to be written. */
    int waiting() {
        return waiting.size();
    }

    void clear() {
        Arrays.fill(chains, null);
        size = 0;
        probation.clear();
        kept.clear();
        fresh.clear();
        waiting.clear();
        unused.clear();
    }

    /** The entry of a key, or null. */
    @Nullable
    Hot find(long hash, byte[] key) {
        Hot hot = chains[chain(hash)];
        while (hot != null && (hot.hash != hash || !Arrays.equals(hot.key, key))) {
            hot = hot.next;
        }
        if (hot != null) {
            hot.used = true;
        }
        return hot;
    }

    /** An empty entry for a key that has none. */
    Hot add(long hash, byte[] key) {
        if (size >= chains.length) {
            lengthen();
        }
        Hot hot = unused.pollLast();
        if (hot == null) {
            hot = new Hot(key);
        } else {
            hot.key = key;
            hot.place = -1;
            hot.gone = false;
        }
        hot.hash = hash;
        hot.used = false;
        chain(hot);
        size++;
        probation.addLast(hot);
        return hot;
    }

    private int chain(long hash) {
        return (int) hash & (chains.length - 1);
    }

    private void chain(Hot hot) {
        int chain = chain(hot.hash);
        hot.next = chains[chain];
        chains[chain] = hot;
    }

    private void lengthen() {
        Hot[] before = chains;
        chains = new Hot[before.length * 2];
        for (Hot first : before) {
            Hot hot = first;
            while (hot != null) {
                Hot next = hot.next;
                chain(hot);
                hot = next;
            }
        }
    }

    /** It differs from what is logged. */
    void changed(Hot hot) {
        if (!hot.dirty) {
            hot.dirty = true;
            (hot.used ? waiting : fresh).addLast(hot);
        }
    }

    /** Takes an entry that was changed when it came: it counts as logged now. Null when there is none. */
    @Nullable
    Hot takeFresh() {
        return take(fresh);
    }

    /** Takes the entry that has been waiting the longest: it counts as logged now. Null when there is none. */
    @Nullable
    Hot takeWaiting() {
        return take(waiting);
    }

    private static @Nullable Hot take(ArrayDeque<Hot> changed) {
        Hot hot = changed.pollFirst();
        while (hot != null) {
            hot.dirty = false;
            if (!hot.gone) {
                return hot;
            }
            hot = changed.pollFirst();
        }
        return null;
    }

    /** Lets an entry go, changed or not. */
    void remove(Hot hot) {
        Hot before = chains[chain(hot.hash)];
        if (before == hot) {
            chains[chain(hot.hash)] = hot.next;
        } else {
            while (before != null && before.next != hot) {
                before = before.next;
            }
            if (before != null) {
                before.next = hot.next;
            }
        }
        hot.next = null;
        hot.gone = true;
        size--;
    }

    /** Lets go what is too much; nothing that has been given out may be in use. */
    void evict() {
        while (probation.size() > PROBATION) {
            Hot oldest = probation.removeFirst();
            if (oldest.used || oldest.dirty) {
                oldest.used = false;
                kept.addLast(oldest);
            } else {
                reuse(oldest);
            }
        }
        while (kept.size() > KEPT + waiting.size()) {
            Hot oldest = kept.removeFirst();
            if (!oldest.gone && (oldest.used || oldest.dirty)) {
                oldest.used = false;
                kept.addLast(oldest);
            } else {
                reuse(oldest);
            }
        }
    }

    private void reuse(Hot hot) {
        if (!hot.gone) {
            remove(hot);
        }
        if (!hot.dirty) {
            hot.usage.clear();
            unused.addLast(hot);
        }
    }
}
