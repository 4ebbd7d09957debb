package io.weir.engine.decide;

import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.Windows;
import io.weir.engine.policy.Limit;
import java.util.List;

/**
 * Reports usage when a window closes and, before, at most {@link #OPEN_REPORTS} times and not more often than once per
 * {@link #INTERVAL_MS} of event time and entry; never for each event: neither a new subject nor a new window is news
 * before it has been used again. Windows shorter than {@link #SHORTEST_MS} are only reported at that pace; others not
 * longer than two minutes are only reported when they close.
 */
final class UsagePace {
    /** Event time in ms between two reports of an open window: each is a record on two topics and a put. */
    static final long INTERVAL_MS = 60_000;

    /** The shortest window, in ms, whose end is reported. */
    static final long SHORTEST_MS = 10_000;

    /** Reports of a window before it closes: one of a day is reported every 90 minutes. */
    static final int OPEN_REPORTS = 16;

    private final Outbox outbox;

    UsagePace(Outbox outbox) {
        this.outbox = outbox;
    }

    /** A later window was opened: the one at {@code index} is over. */
    void closed(CompiledLimit limit, String entryKey, Windows windows, int index) {
        if (limit.windowMs() >= SHORTEST_MS && limit.limit().algorithm() != Limit.Algorithm.BUCKET) {
            report(limit, entryKey, windows.start(index), limit.meter().end(windows, index), windows.hits(index), true);
        }
    }

    /** {@code hits} were counted in the window at {@code index}. */
    void open(
            CompiledLimit limit,
            String entryKey,
            SubjectUsage usage,
            Windows windows,
            long count,
            int index,
            long hits,
            long time) {
        if (!due(usage, time) || usage.reportedAt() == 0) {
            return;
        }
        long pace = Math.max(INTERVAL_MS, limit.windowMs() / OPEN_REPORTS);
        boolean bucket = limit.limit().algorithm() == Limit.Algorithm.BUCKET;
        if (!bucket && limit.windowMs() >= SHORTEST_MS && limit.windowMs() <= 2 * pace) {
            return; // Its end is reported soon enough.
        }
        boolean opened = !bucket && windows.hits(index) == hits;
        if (!opened && time / pace != usage.reportedAt() / pace) {
            report(
                    limit,
                    entryKey,
                    bucket ? time : windows.start(index),
                    bucket ? time + limit.windowMs() : limit.meter().end(windows, index),
                    bucket ? limit.meter().consumed(windows, count, time) : windows.hits(index),
                    false);
        }
    }

    /** All limits of the entry have been looked at. */
    void reported(SubjectUsage usage, long time) {
        if (due(usage, time)) {
            usage.reportedAt(time);
        }
    }

    /** Wild timestamps, ahead or behind, may cost a report too many but never silence the entry. */
    private static boolean due(SubjectUsage usage, long time) {
        return Math.abs(time - usage.reportedAt()) >= INTERVAL_MS;
    }

    private void report(CompiledLimit limit, String entryKey, long from, long until, long consumed, boolean closed) {
        List<String> places = Keys.places(entryKey);
        outbox.usage(new UsageReport(
                places.get(0),
                limit.owner(),
                limit.limit().name(),
                places.subList(1, places.size()),
                from,
                until,
                consumed,
                closed));
    }
}
