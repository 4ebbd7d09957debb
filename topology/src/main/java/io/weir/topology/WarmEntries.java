package io.weir.topology;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
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
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final long SEED = new SecureRandom().nextLong();

    /** Of arrays, in bytes: what precedes their elements, and in what steps those that take values are made. */
    private static final int HEADER = 16;

    private static final int ROOM = 64;

    private static final int WAYS = 8;
    private static final int ALL = (1 << WAYS) - 1;
    private static final int FIRST_SETS = 64;

    /**
     * How many entries there are to a set, at least, when all places are taken that may be: with two to four of them, one
     * set in a thousand is full, and what RocksDB is asked for is what was never here.
     */
    private static final int LEAST_FULL = 2;

    private final int maxSize;
    private final int maxSets;
    private int sets;
    /** Of each place the key's hash; of a place that is free anything. */
    private long[] hashes;
    /** Of each place the key and an array that begins with the value, one after the other; null where it is free. */
    private byte[][] bytes;
    /** Of each place the value's length. */
    private int[] lengths;
    /** Of each set, which places have been used since the last look. */
    private byte[] used;
    /** Of each set, which places RocksDB does not have so. */
    private byte[] unsaved;

    private final BiConsumer<byte[], byte[]> save;
    private int size;
    /** The set in which an entry of another one looks for room next. */
    private int hand;

    /**
     * @param entries how many to keep at most
     * @param save takes the key and value of an unsaved entry that makes room
     */
    WarmEntries(int entries, BiConsumer<byte[], byte[]> save) {
        this.save = save;
        maxSize = Math.max(1, entries);
        maxSets = Integer.highestOneBit(Math.max(1, entries / LEAST_FULL));
        begin(Math.min(FIRST_SETS, maxSets));
    }

    private void begin(int newSets) {
        sets = newSets;
        hashes = new long[newSets * WAYS];
        bytes = new byte[newSets * WAYS * 2][];
        lengths = new int[newSets * WAYS];
        used = new byte[newSets];
        unsaved = new byte[newSets];
        size = 0;
        hand = 0;
    }

    /** A hash of all of a key's bytes, another one in every process: nobody can prepare keys that fall into one set. */
    static long hash(byte[] key) {
        long hash = SEED ^ key.length;
        int at = 0;
        for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
            hash = mixed(hash ^ (long) LONGS.get(key, at));
        }
        long rest = 0;
        for (; at < key.length; at++) {
            rest = rest << Byte.SIZE | (key[at] & 0xFF);
        }
        return mixed(hash ^ rest);
    }

    private static long mixed(long value) {
        return value * MIX ^ Math.multiplyHigh(value, MIX);
    }

    int size() {
        return size;
    }

    void clear() {
        begin(Math.min(FIRST_SETS, maxSets));
    }

    /** A copy of the value under a key, or null when it is not here. */
    byte @Nullable [] get(long hash, byte[] key) {
        int place = find(hash, key);
        return place < 0 ? null : value(place);
    }

    /** The array that begins with the value at a place, until it is put there again; the entry counts as used. */
    byte[] use(int place) {
        used[place / WAYS] |= (byte) (1 << place % WAYS);
        return bytes[2 * place + 1];
    }

    private byte[] value(int place) {
        return Arrays.copyOf(bytes[2 * place + 1], lengths[place]);
    }

    /** The very key that stands at a place. */
    byte[] key(int place) {
        return bytes[2 * place];
    }

    /**
     * Puts a value in place of any other under the key. The key's array belongs to this from now on.
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
            place = occupy(hash, key);
        }
        byte[] room = bytes[2 * place + 1];
        if (room == null || room.length < value.length) {
            // An old array that refers to a young one is what collections look for: it should not happen each time.
            room = new byte[(value.length + HEADER + ROOM) / ROOM * ROOM - HEADER];
            bytes[2 * place + 1] = room;
        }
        System.arraycopy(value, 0, room, 0, value.length);
        lengths[place] = value.length;
        mark(place, saved);
        return place;
    }

    private int occupy(long hash, byte[] key) {
        int place = free(hash);
        size++;
        hashes[place] = hash;
        bytes[2 * place] = key;
        return place;
    }

    private void mark(int place, boolean saved) {
        byte bit = (byte) (1 << place % WAYS);
        used[place / WAYS] |= bit;
        if (saved) {
            unsaved[place / WAYS] &= (byte) ~bit;
        } else {
            unsaved[place / WAYS] |= bit;
        }
    }

    /** Hands every unsaved entry on; from now on it counts as saved. */
    void saveAll(BiConsumer<byte[], byte[]> to) {
        for (int set = 0; set < sets; set++) {
            for (int rest = unsaved[set] & 0xFF; rest != 0; rest &= rest - 1) {
                int place = set * WAYS + Integer.numberOfTrailingZeros(rest);
                to.accept(bytes[2 * place], value(place));
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

    /** A place in the key's set for another entry; one makes room for it where there are enough. */
    private int free(long hash) {
        int set = set(hash);
        int taken = taken(set);
        int turn = (int) (hash >>> 56) % WAYS;
        if (taken == ALL) {
            if (sets < maxSets && size >= sets * LEAST_FULL) {
                grow();
                return free(hash);
            }
            return evict(set, turn);
        }
        if (size >= maxSize) {
            // Each set in its turn: by hashes, that is anybody.
            do {
                hand = hand + 1 & (sets - 1);
            } while (taken(hand) == 0);
            evict(hand, turn);
        }
        return set * WAYS + Integer.numberOfTrailingZeros(~taken);
    }

    /** Which places of a set are taken. */
    private int taken(int set) {
        int taken = 0;
        for (int way = 0; way < WAYS; way++) {
            if (bytes[2 * (set * WAYS + way)] != null) {
                taken |= 1 << way;
            }
        }
        return taken;
    }

    /** Vacates a place that has not been used, or any if all have; looks at them from {@code turn} on. */
    private int evict(int set, int turn) {
        int taken = taken(set);
        int unused = taken & ~used[set];
        if (unused == 0) {
            used[set] = 0;
            unused = taken;
        }
        int rotated = (unused >>> turn | unused << (WAYS - turn)) & ALL;
        int place = set * WAYS + (Integer.numberOfTrailingZeros(rotated) + turn) % WAYS;
        if ((unsaved[set] & 1 << place % WAYS) != 0) {
            save.accept(bytes[2 * place], value(place));
        }
        vacate(place);
        return place;
    }

    private void grow() {
        long[] oldHashes = hashes;
        byte[][] oldBytes = bytes;
        int[] oldLengths = lengths;
        byte[] oldUnsaved = unsaved;
        begin(sets * 2);
        for (int place = 0; place < oldHashes.length; place++) {
            byte[] key = oldBytes[2 * place];
            byte[] value = oldBytes[2 * place + 1];
            if (key != null && value != null) {
                // Each set becomes two: no place is taken from another.
                int to = occupy(oldHashes[place], key);
                bytes[2 * to + 1] = value;
                lengths[to] = oldLengths[place];
                mark(to, (oldUnsaved[place / WAYS] & 1 << place % WAYS) == 0);
            }
        }
    }
}
