package io.weir.topology;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries on the heap in their stored form, above RocksDB: to spare reading and writing there, which costs 2 µs and more
 * each. An entry that RocksDB does not have in this form is <em>unsaved</em>; it is saved when it has to make room, or
 * when all are. For one thread.
 *
 * <p>A cache of sets of eight places each: a key can stand in one set only, whose eight hashes lie beside one another in
 * memory. A million entries that are used evenly are too many for the processor's caches, so that what counts is how many
 * places in memory have to be looked at: here the hashes of a set, the references, the key and the value, where entries
 * as objects in a {@link java.util.HashMap} took fifteen and more. It grows up to a size; then entries that have not been
 * used for the longest make room, as far as one bit for each can tell.
 */
final class WarmEntries {
    private static final int WAYS = 8;
    private static final int FIRST_SETS = 64;

    /** How full the sets are at least, in entries of each, before they become more. */
    private static final int GROWING = 5;

    private final int maxSets;
    private int sets;
    /** Of each place the key's hash; of a place that is free anything. */
    private long[] hashes;
    /** Of each place the key and the value, one after the other; null where it is free. */
    private byte[][] bytes;
    /** Of each set, which places have been used since the last look. */
    private byte[] used;
    /** Of each set, which places RocksDB does not have so. */
    private byte[] unsaved;

    private final BiConsumer<byte[], byte[]> save;
    private int size;

    /**
     * @param entries how many to keep at most, give or take a third: the sets are a power of two
     * @param save takes the key and value of an unsaved entry that makes room
     */
    WarmEntries(int entries, BiConsumer<byte[], byte[]> save) {
        this.save = save;
        maxSets = Integer.highestOneBit(Math.max(1, entries / WAYS * 4 / 3));
        begin(Math.min(FIRST_SETS, maxSets));
    }

    private void begin(int newSets) {
        sets = newSets;
        hashes = new long[newSets * WAYS];
        bytes = new byte[newSets * WAYS * 2][];
        used = new byte[newSets];
        unsaved = new byte[newSets];
        size = 0;
    }

    /** A hash of all of a key's bytes. */
    static long hash(byte[] key) {
        long hash = key.length;
        for (byte each : key) {
            hash = 31 * hash + each;
        }
        hash *= 0x9E3779B97F4A7C15L;
        return hash ^ hash >>> 32;
    }

    int size() {
        return size;
    }

    void clear() {
        begin(Math.min(FIRST_SETS, maxSets));
    }

    /** The value under a key, or null when it is not here. */
    byte @Nullable [] get(long hash, byte[] key) {
        return value(find(hash, key));
    }

    /** The value at a place that {@link #find} told; null for -1. */
    byte @Nullable [] value(int place) {
        if (place < 0) {
            return null;
        }
        used[place / WAYS] |= (byte) (1 << place % WAYS);
        return bytes[2 * place + 1];
    }

    /** The very key that stands at a place. */
    byte[] key(int place) {
        return bytes[2 * place];
    }

    /**
     * Puts a value in place of any other under the key. The arrays belong to this from now on.
     *
     * @param saved whether RocksDB has it so
     * @return the place where it is now
     */
    int put(long hash, byte[] key, byte[] value, boolean saved) {
        return put(-1, hash, key, value, saved);
    }

    /**
     * The same.
     *
     * @param before where the key was; it is looked for elsewhere when that very array is not there any more
     */
    @SuppressWarnings("ReferenceEquality") // comparing what is in the arrays is what this saves
    int put(int before, long hash, byte[] key, byte[] value, boolean saved) {
        boolean known = before >= 0 && 2 * before < bytes.length && bytes[2 * before] == key;
        int place = known ? before : find(hash, key);
        if (place < 0) {
            place = free(hash);
            size++;
            hashes[place] = hash;
            bytes[2 * place] = key;
        }
        bytes[2 * place + 1] = value;
        byte bit = (byte) (1 << place % WAYS);
        used[place / WAYS] |= bit;
        if (saved) {
            unsaved[place / WAYS] &= (byte) ~bit;
        } else {
            unsaved[place / WAYS] |= bit;
        }
        return place;
    }

    /** Hands every unsaved entry on; from now on it counts as saved. */
    void saveAll(BiConsumer<byte[], byte[]> to) {
        for (int set = 0; set < sets; set++) {
            for (int rest = unsaved[set] & 0xFF; rest != 0; rest &= rest - 1) {
                int place = set * WAYS + Integer.numberOfTrailingZeros(rest);
                to.accept(bytes[2 * place], bytes[2 * place + 1]);
            }
            unsaved[set] = 0;
        }
    }

    void remove(long hash, byte[] key) {
        int place = find(hash, key);
        if (place >= 0) {
            vacate(place);
        }
    }

    private void vacate(int place) {
        bytes[2 * place] = null;
        bytes[2 * place + 1] = null;
        unsaved[place / WAYS] &= (byte) ~(1 << place % WAYS);
        size--;
    }

    private int set(long hash) {
        return (int) hash & (sets - 1);
    }

    /** Where a key stands, or -1. */
    int find(long hash, byte[] key) {
        int first = set(hash) * WAYS;
        for (int place = first; place < first + WAYS; place++) {
            if (hashes[place] == hash) {
                byte[] there = bytes[2 * place];
                if (there != null && Arrays.equals(there, key)) {
                    return place;
                }
            }
        }
        return -1;
    }

    /** A place in the key's set for another entry. */
    private int free(long hash) {
        int set = set(hash);
        for (int place = set * WAYS; place < (set + 1) * WAYS; place++) {
            if (bytes[2 * place] == null) {
                return place;
            }
        }
        if (sets < maxSets && size >= sets * GROWING / 2) {
            grow();
            return free(hash);
        }
        int unused = ~used[set] & 0xFF;
        if (unused == 0) {
            used[set] = 0;
            unused = 0xFF;
        }
        // Any of those that were not used, by bits of the hash that did not choose the set.
        int turn = (int) (hash >>> 56) % WAYS;
        int rotated = (unused >>> turn | unused << (WAYS - turn)) & 0xFF;
        int place = set * WAYS + (Integer.numberOfTrailingZeros(rotated) + turn) % WAYS;
        if ((unsaved[set] & 1 << place % WAYS) != 0) {
            save.accept(bytes[2 * place], bytes[2 * place + 1]);
        }
        vacate(place);
        return place;
    }

    private void grow() {
        long[] oldHashes = hashes;
        byte[][] oldBytes = bytes;
        byte[] oldUnsaved = unsaved;
        begin(sets * 2);
        for (int place = 0; place < oldHashes.length; place++) {
            byte[] key = oldBytes[2 * place];
            byte[] value = oldBytes[2 * place + 1];
            if (key != null && value != null) {
                // Each set becomes two: no place is taken from another.
                put(oldHashes[place], key, value, (oldUnsaved[place / WAYS] & 1 << place % WAYS) == 0);
            }
        }
    }
}
