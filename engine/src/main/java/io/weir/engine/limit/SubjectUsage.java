package io.weir.engine.limit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The composite entry of one quota key tuple: the windows of all limits that are counted per these attributes, the
 * strikes and blocks of the subject, and until when the entry must be kept.
 *
 * <p>Limits and blocks are found by a 32-bit id that survives policy changes (rule name, algorithm, window). Not
 * thread-safe: confined to the visit that loaded it.
 */
public final class SubjectUsage {
    private static final int[] NO_BLOCK_IDS = {};
    private static final BlockState[] NO_BLOCKS = {};

    /** Windows for more than that are not kept to be used again. */
    private static final int KEPT_ROOM = 8;

    private int[] ids = new int[2];
    /** Those in use, and behind them some to be used next. */
    private Windows[] windows = new Windows[2];

    private int size;
    private int[] blockIds = NO_BLOCK_IDS;
    private BlockState[] blocks = NO_BLOCKS;
    private long keepUntil;
    private long scheduledAt;
    private long reportedAt;

    /** Empties it; what it took in memory is used again. */
    public void clear() {
        for (int i = 0; i < size; i++) {
            if (windows[i].room() > KEPT_ROOM) {
                windows[i] = null;
            } else {
                windows[i].reset();
            }
        }
        size = 0;
        blockIds = NO_BLOCK_IDS;
        blocks = NO_BLOCKS;
        keepUntil = 0;
        scheduledAt = 0;
        reportedAt = 0;
    }

    /** How many limits (and strike counters) have windows here. */
    public int size() {
        return size;
    }

    public int id(int index) {
        return ids[index];
    }

    public Windows windowsAt(int index) {
        return windows[index];
    }

    /** The windows under that id, empty ones when there are none yet. */
    public Windows windows(int id) {
        for (int i = 0; i < size; i++) {
            if (ids[i] == id) {
                return windows[i];
            }
        }
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size * 2 + 1);
            windows = Arrays.copyOf(windows, size * 2 + 1);
        }
        ids[size] = id;
        Windows added = windows[size];
        if (added == null) {
            added = new Windows();
            windows[size] = added;
        }
        size++;
        return added;
    }

    /** The windows under that id to look at, of no effect on this entry where there are none yet. */
    public Windows windowsIfAny(int id) {
        for (int i = 0; i < size; i++) {
            if (ids[i] == id) {
                return windows[i];
            }
        }
        return new Windows();
    }

    /** The latest block under that id, past or present, or null. */
    public @Nullable BlockState block(int id) {
        for (int i = 0; i < blockIds.length; i++) {
            if (blockIds[i] == id) {
                return blocks[i];
            }
        }
        return null;
    }

    /** Sets, or with null forgets, the block under that id. */
    public void setBlock(int id, @Nullable BlockState state) {
        int at = 0;
        while (at < blockIds.length && blockIds[at] != id) {
            at++;
        }
        if (state == null) {
            if (at < blockIds.length) {
                int last = blockIds.length - 1;
                blockIds[at] = blockIds[last];
                blocks[at] = blocks[last];
                blockIds = Arrays.copyOf(blockIds, last);
                blocks = Arrays.copyOf(blocks, last);
            }
            return;
        }
        if (at == blockIds.length) {
            blockIds = Arrays.copyOf(blockIds, at + 1);
            blocks = Arrays.copyOf(blocks, at + 1);
            blockIds[at] = id;
        }
        blocks[at] = state;
    }

    public int blockCount() {
        return blockIds.length;
    }

    public int blockId(int index) {
        return blockIds[index];
    }

    public BlockState blockAt(int index) {
        return blocks[index];
    }

    /** When the entry may be deleted, on the clock of whoever stores it (the log's append time), in ms. */
    public long keepUntil() {
        return keepUntil;
    }

    /** Extends, never shortens, how long the entry is kept. */
    public void keepUntil(long time) {
        keepUntil = Math.max(keepUntil, time);
    }

    /** Under which time the entry stands in the index of due times, 0 for none. */
    public long scheduledAt() {
        return scheduledAt;
    }

    public void scheduledAt(long time) {
        scheduledAt = time;
    }

    /** Event time of the last usage report, in ms. */
    public long reportedAt() {
        return reportedAt;
    }

    public void reportedAt(long time) {
        reportedAt = time;
    }
}
