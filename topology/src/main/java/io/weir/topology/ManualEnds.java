package io.weir.topology;

import io.weir.engine.decide.Block;
import io.weir.engine.limit.Meter;
import io.weir.engine.limit.Windows;
import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When the blocks that operators put on the list by hand are to be taken off it. No subject's state has them, so one task
 * of the whole group, that of partition 0, sees to it, and the list does not grow for ever.
 *
 * <p>A block ends by itself in the time of the events. Its entry stays for as long by the time at which the log appended
 * it, as that of an earned block does, at least until its end (it may begin later), and {@link Windows#LATENESS_MS} more
 * for events that are late, and for operators who renew it at the last moment. Safe for use by many threads.
 */
final class ManualEnds {
    /** After that many ms a tombstone is sent again if the list still has the entry: its transaction was aborted. */
    private static final long AGAIN_MS = 60_000;

    private record End(long time, String key) {}

    private final Map<String, End> ends = new HashMap<>();
    private final TreeMap<End, Block> due = new TreeMap<>((one, other) -> {
        int byTime = Long.compare(one.time(), other.time());
        return byTime != 0 ? byTime : one.key().compareTo(other.key());
    });

    /**
     * A record of the block list has come.
     *
     * @param value null where the entry is gone
     * @param appended when the log took it, in ms
     */
    synchronized void follow(String key, byte @Nullable [] value, long appended) {
        End before = ends.remove(key);
        if (before != null) {
            due.remove(before);
        }
        if (value == null) {
            return;
        }
        Block block = Conversions.block(Contracts.BLOCK.decode(value));
        if (block.manual()) {
            long end = Math.max(block.until(), Meter.add(appended, block.until() - block.from()));
            add(key, block, Meter.add(end, Windows.LATENESS_MS));
        }
    }

    private void add(String key, Block block, long time) {
        End end = new End(time, key);
        ends.put(key, end);
        due.put(end, block);
    }

    /** The blocks that have ended by then; each is due again later, until the list does not have it. */
    synchronized List<Block> due(long now) {
        List<Block> ended = new ArrayList<>();
        while (!due.isEmpty() && due.firstKey().time() <= now) {
            Map.Entry<End, Block> first = due.pollFirstEntry();
            ended.add(first.getValue());
            add(first.getKey().key(), first.getValue(), Meter.add(now, AGAIN_MS));
        }
        return ended;
    }
}
