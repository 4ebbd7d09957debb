package io.weir.edge.local;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;

/**
 * What an edge wants to learn from the answer to an event it fed: for each limit where its usage stands here and what had
 * been fed of it by then. Takes about 100 bytes for each limit. {@link #learn} is for the thread that reads answers.
 */
public final class Lesson {
    private final UsageTable table;
    private final long time;
    private final Tracked[] limits;
    private final int[] slots;
    private final long[] keys;
    private final Counter.Mark[] marks;
    private int size;

    Lesson(UsageTable table, long time, int most) {
        this.table = table;
        this.time = time;
        this.limits = new Tracked[most];
        this.slots = new int[most];
        this.keys = new long[most];
        this.marks = new Counter.Mark[most];
    }

    void add(Use use, Counter.Mark mark) {
        limits[size] = use.limit;
        slots[size] = use.slot;
        keys[size] = use.key;
        marks[size] = mark;
        size++;
    }

    /** Takes over what the enforcers say of each limit they list. A limit that is not counted here any more is left out. */
    public void learn(Decision decision) {
        if (decision.timestamp() != time) {
            return;
        }
        for (LimitUsage usage : decision.limits()) {
            for (int i = 0; i < size; i++) {
                Tracked limit = limits[i];
                if (limit.rule().equals(usage.rule())
                        && limit.limit().name().equals(usage.window())
                        && table.key(slots[i]) == keys[i]) {
                    long consumed = usage.limit() - usage.remaining();
                    limit.counter().learn(table, slots[i], marks[i], marks[i].limit() - consumed, usage.resetAt());
                }
            }
        }
    }
}
