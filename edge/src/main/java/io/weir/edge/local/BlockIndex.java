package io.weir.edge.local;

import io.weir.engine.decide.Block;
import io.weir.engine.match.IpAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The block list by a hash of block and subject, so that looking a subject up makes no text. One thread writes, any reads.
 * An entry takes about 50 bytes beside the block itself.
 */
final class BlockIndex {
    private static final int SMALLEST = 64;

    private volatile AtomicReferenceArray<@Nullable Entry> table = new AtomicReferenceArray<>(SMALLEST);
    private final AtomicInteger size = new AtomicInteger();
    private int used;

    /** @param block null when it has been taken off the list */
    private record Entry(long hash, @Nullable Block block) {}

    /** Where the hash of a subject of that block begins. */
    static long seed(String domain, String block) {
        return Hash.of(domain + '\n' + block, 0);
    }

    /** Goes on with the hash by one more attribute of the subject. */
    static long with(long hash, String source, long value) {
        return Hash.of(hash ^ Hash.of(source, 0), value);
    }

    private static long hash(Block block) {
        long hash = seed(block.domain(), block.name());
        for (int i = 0; i < block.attributes().size(); i++) {
            String source = block.attributes().get(i);
            hash = with(hash, source, value(source, block.values().get(i)));
        }
        return hash;
    }

    private static long value(String source, String text) {
        boolean isAddress = source.equals("ip") || source.startsWith("ip/");
        IpAddress address = isAddress ? IpAddress.parse(text) : null;
        return address == null ? Facts.hash(text) : Facts.hash(address.v6(), address.high(), address.low());
    }

    void put(Block block) {
        long hash = hash(block);
        int place = place(table, hash);
        Entry known = table.get(place);
        table.set(place, new Entry(hash, block));
        if (known == null && ++used > table.length() / 2) {
            rebuild();
        }
        if (known == null || known.block == null) {
            size.incrementAndGet();
        }
    }

    void remove(Block block) {
        long hash = hash(block);
        int place = place(table, hash);
        Entry known = table.get(place);
        if (known != null && known.block != null) {
            table.set(place, new Entry(hash, null));
            size.decrementAndGet();
        }
    }

    private static int place(AtomicReferenceArray<@Nullable Entry> table, long hash) {
        int mask = table.length() - 1;
        int place = (int) hash & mask;
        for (Entry entry = table.get(place); entry != null && entry.hash != hash; entry = table.get(place)) {
            place = (place + 1) & mask;
        }
        return place;
    }

    /** Leaves out what has been removed, and makes room. */
    private void rebuild() {
        int live = 0;
        for (int i = 0; i < table.length(); i++) {
            Entry entry = table.get(i);
            live += entry != null && entry.block != null ? 1 : 0;
        }
        AtomicReferenceArray<@Nullable Entry> larger =
                new AtomicReferenceArray<>(Math.max(SMALLEST, Integer.highestOneBit(live) * 8));
        for (int i = 0; i < table.length(); i++) {
            Entry entry = table.get(i);
            if (entry != null && entry.block != null) {
                larger.set(place(larger, entry.hash), entry);
            }
        }
        used = live;
        table = larger;
    }

    boolean isEmpty() {
        return size.get() == 0;
    }

    int size() {
        return size.get();
    }

    /** The block of the subject with that hash if it is in force at {@code time}, or null. */
    @Nullable
    Block find(long hash, long time) {
        AtomicReferenceArray<@Nullable Entry> current = table;
        Entry entry = current.get(place(current, hash));
        Block block = entry == null ? null : entry.block;
        return block != null && block.from() <= time && time < block.until() ? block : null;
    }
}
