package io.weir.edge.local;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.policy.Limit;

/**
 * What an edge wants to learn from the answer to an event it fed: for each limit where its usage stands here and what had
 * been fed of it by then. Takes about 100 bytes for each limit. {@link #learn} is for the thread that reads answers.
 */
public final class Lesson {
    /** What {@link #learn} returns where it is not worth asking again. */
    public static final long NEVER = Long.MAX_VALUE;

    /** In shorter windows an answer comes too late. */
    private static final long SHORTEST_MS = 1_000;

    /** The least time between two questions about the same limits. */
    private static final long PAUSE_MS = 20;

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

    /**
     * Takes over what the enforcers say of each limit they list. A limit that is not counted here any more is left out.
     *
     * @return in how many ms it is worth asking again, if nothing else does, or {@link #NEVER}
     */
    public long learn(Decision decision) {
        long again = NEVER;
        if (decision.timestamp() != time) {
            return again;
        }
        for (LimitUsage usage : decision.limits()) {
            for (int i = 0; i < size; i++) {
                Tracked limit = limits[i];
                if (limit.rule().equals(usage.rule())
                        && limit.limit().name().equals(usage.window())
                        && table.holds(slots[i], keys[i], limit.number())) {
                    long consumed = usage.limit() - usage.remaining();
                    limit.counter().learn(table, slots[i], marks[i], marks[i].limit() - consumed, usage.resetAt());
                    again = Math.min(again, again(limit.limit(), marks[i].fed(), usage));
                }
            }
        }
        return again;
    }

    /**
     * Where others consume a limit too, and at the pace of its window so far will have used it up before the window ends:
     * when half of what is left will be gone. So what an edge does not know of is never expected to be more than that, and
     * it asks no more often than the logarithm of the limit.
     */
    private long again(Limit limit, long fed, LimitUsage usage) {
        boolean windows = limit.algorithm() == Limit.Algorithm.FIXED || limit.algorithm() == Limit.Algorithm.SLIDING;
        long consumed = usage.limit() - usage.remaining();
        if (!windows || usage.windowMs() < SHORTEST_MS || consumed <= fed || usage.remaining() == 0) {
            return NEVER;
        }
        long elapsed = Math.max(1, time - (usage.resetAt() - usage.windowMs()));
        long half = (long) ((double) usage.remaining() * elapsed / consumed / 2);
        long pause = Math.max(PAUSE_MS, half);
        return pause < usage.resetAt() - time ? pause : NEVER;
    }
}
