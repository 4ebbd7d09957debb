package io.weir.engine.limit;

import java.util.Arrays;

/**
 * The windows that are retained of one limit of one quota key, oldest first: for each its start, its hits and a mark
 * that only some meters use.
 *
 * <p>Which windows are retained must not depend on any single timestamp, or one wild event would make all others late.
 * So the second-latest window tells the time here, not the latest: a window is dropped once the second-latest one began
 * {@link #LATENESS_MS} after it ended. With windows of a minute and events at 12:00, 12:01, … the 12:00 window is
 * dropped when that of 12:07 begins; an event stamped fifty days ahead takes one place and drops nothing.
 *
 * <p>Not thread-safe: confined to the visit that loaded it.
 */
public final class Windows {
    /** How long after its end a window of a second or more is retained for late events, in ms of event time. */
    public static final long LATENESS_MS = 300_000;

    /** The same for windows of less than a second, of which there are many. */
    public static final long SHORT_LATENESS_MS = 60_000;

    /** The most windows retained of one limit: what bounds the state of very short windows. */
    public static final int MAX_RETAINED = 1024;

    private static final int START = 0;
    private static final int HITS = 1;
    private static final int MARK = 2;
    private static final int WIDTH = 3;

    private long[] cells = new long[2 * WIDTH];
    private int size;
    private long floor;

    /** For how many windows it has memory. */
    int room() {
        return cells.length / WIDTH;
    }

    /** Makes room for so many, where there are none yet. */
    void reserve(int windows) {
        if (cells.length < windows * WIDTH) {
            cells = new long[windows * WIDTH];
        }
    }

    /** How many windows are retained. */
    public int size() {
        return size;
    }

    /** Event time in ms before which windows have been dropped; 0 when none has. */
    public long floor() {
        return floor;
    }

    public long start(int index) {
        return cells[index * WIDTH + START];
    }

    /** Hits of that window; what a bucket keeps here its meter says. */
    public long hits(int index) {
        return cells[index * WIDTH + HITS];
    }

    /** A further number of the window's meter, by default the window's start. */
    public long mark(int index) {
        return cells[index * WIDTH + MARK];
    }

    void set(int index, long hits, long mark) {
        cells[index * WIDTH + HITS] = hits;
        cells[index * WIDTH + MARK] = mark;
    }

    /** Takes back hits of the window at that index; -1, a window that is gone, has none. */
    void refund(int index, long hits) {
        if (index >= 0) {
            set(index, Math.max(0, hits(index) - hits), mark(index));
        }
    }

    /** Index of the window that begins exactly then, or -1. */
    int indexOf(long start) {
        int index = latestAtOrBefore(start);
        return index >= 0 && start(index) == start ? index : -1;
    }

    /** Index of the latest window that begins then or earlier, or -1. */
    int latestAtOrBefore(long time) {
        for (int i = size - 1; i >= 0; i--) {
            if (start(i) <= time) {
                return i;
            }
        }
        return -1;
    }

    /** Inserts an empty window, which must not be there yet, and returns its index. */
    int insert(long start) {
        int index = latestAtOrBefore(start) + 1;
        append(start, 0, start, index);
        return index;
    }

    private void append(long start, long hits, long mark, int index) {
        if ((size + 1) * WIDTH > cells.length) {
            cells = Arrays.copyOf(cells, cells.length * 2);
        }
        int at = index * WIDTH;
        System.arraycopy(cells, at, cells, at + WIDTH, (size - index) * WIDTH);
        cells[at + START] = start;
        cells[at + HITS] = hits;
        cells[at + MARK] = mark;
        size++;
    }

    /** Adds a window read from a store; they must come oldest first. */
    void restore(long start, long hits, long mark) {
        append(start, hits, mark, size);
    }

    void restoreFloor(long time) {
        floor = time;
    }

    /** The time by which old windows are dropped: when the second-latest window began. */
    long now() {
        return size < 2 ? Long.MIN_VALUE : start(size - 2);
    }

    /** Removes a window and remembers that events before {@code end} have lost theirs. */
    void drop(int index, long end) {
        remove(index);
        floor = Math.max(floor, end);
    }

    /** Removes a window as if it had never been. */
    void remove(int index) {
        int at = index * WIDTH;
        System.arraycopy(cells, at + WIDTH, cells, at, (size - index - 1) * WIDTH);
        size--;
    }

    /** Forgets all windows: none is late. */
    public void reset() {
        size = 0;
        floor = 0;
    }

    /** How long a window of that length is retained after its end, in ms. */
    static long lateness(long windowMs) {
        return windowMs < 1000 ? SHORT_LATENESS_MS : LATENESS_MS;
    }
}
