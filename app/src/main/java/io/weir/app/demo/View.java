package io.weir.app.demo;

import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.Registry;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a demo shows: on a terminal a table that is redrawn, else a plain line now and then; a summary at the end. For one
 * thread.
 */
public final class View {
    private static final long TERMINAL_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PLAIN_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long MAX_LATENCY_NS = TimeUnit.HOURS.toNanos(1);
    private static final int TOP = 5;
    private static final int BAD_LINES_TOLD = 10;

    private final PrintStream out;
    private final boolean terminal;
    private final Tally tally = new Tally();
    private final Map<String, Long> throttled = new HashMap<>();
    private final Histogram latency = new Histogram(MAX_LATENCY_NS, 3);
    private long began;
    private long shownAt;
    private long shownTotal;
    private int linesDrawn;
    private int bad;

    /** @param terminal whether {@code out} is one, and understands ANSI sequences */
    public View(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void begin() {
        began = System.nanoTime();
        shownAt = began;
    }

    void bad(String message) {
        if (++bad <= BAD_LINES_TOLD) {
            System.err.println("weir: " + message);
        } else if (bad == BAD_LINES_TOLD + 1) {
            System.err.println("weir: more bad lines follow; they are only counted");
        }
    }

    /** @param latencyNs from event to decision; 0 where there was no way to go */
    void decided(String domain, Reason reason, Outcome outcome, @Nullable String subject, long latencyNs) {
        tally.add(domain, reason, outcome);
        if (reason == Reason.OVER_LIMIT && subject != null) {
            throttled.merge(domain + " " + subject, 1L, Long::sum);
        }
        if (latencyNs > 0) {
            latency.recordValue(Math.min(latencyNs, MAX_LATENCY_NS));
        }
    }

    /** Shows how it goes, if it is time to. */
    void show(int inFlight, Registry registry) {
        long now = System.nanoTime();
        if (now - shownAt < (terminal ? TERMINAL_NS : PLAIN_NS)) {
            return;
        }
        double rate = (tally.total() - shownTotal) * 1e9 / (now - shownAt);
        shownAt = now;
        shownTotal = tally.total();
        List<String> lines = terminal ? table(rate, inFlight, registry) : List.of(line(rate, inFlight, registry));
        if (terminal && linesDrawn > 0) {
            out.print("\u001b[" + linesDrawn + "A\u001b[J");
        }
        lines.forEach(out::println);
        linesDrawn = lines.size();
    }

    private String line(double rate, int inFlight, Registry registry) {
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "%6.1f s  %,.0f events/s  %d decided", elapsed(), rate, tally.total()));
        for (String domain : tally.domains()) {
            line.append("  ").append(domain).append(' ').append(counts(domain));
        }
        line.append("  ").append(registry.blocks().size()).append(" blocks  ").append(latencies());
        return inFlight == 0 ? line.toString() : line + "  " + inFlight + " in flight";
    }

    private List<String> table(double rate, int inFlight, Registry registry) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "%.0f s   %,.0f events/s   %d in flight   %s", elapsed(), rate, inFlight, latencies()));
        lines.add(String.format("%-16s %10s %10s %10s", "", "allowed", "throttled", "blocked"));
        for (String domain : tally.domains()) {
            lines.add(String.format(
                    "%-16s %10d %10d %10d",
                    domain,
                    tally.count(domain) - tally.denied(domain),
                    tally.count(domain, Reason.OVER_LIMIT),
                    tally.count(domain, Reason.BLOCKED)));
        }
        lines.add("most throttled:");
        top().forEach(each -> lines.add("  " + each));
        List<Block> blocks = registry.blocks();
        lines.add("blocks: " + blocks.size());
        blocks.stream().limit(TOP).forEach(block -> lines.add("  " + text(block)));
        return lines;
    }

    private String counts(String domain) {
        return (tally.count(domain) - tally.denied(domain)) + "/" + tally.count(domain, Reason.OVER_LIMIT) + "/"
                + tally.count(domain, Reason.BLOCKED);
    }

    private String latencies() {
        return String.format(
                Locale.ROOT,
                "event to decision p50 %.1f ms, p99 %.1f ms",
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6);
    }

    private List<String> top() {
        return throttled.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(TOP)
                .map(each -> each.getKey() + " " + each.getValue())
                .toList();
    }

    private static String text(Block block) {
        return block.domain() + " " + String.join(",", block.values()) + " until " + Instant.ofEpochMilli(block.until())
                + " (" + block.name() + ", " + block.reason() + ")";
    }

    private double elapsed() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** Tells how it went. */
    void summary(long fed, int undecided, List<Block> blocks) {
        out.println();
        out.println(String.format(
                Locale.ROOT,
                "summary: %d requests decided in %.1f s, %,.0f/s; %s",
                tally.total(),
                elapsed(),
                tally.total() / elapsed(),
                latencies()));
        tally.print(out);
        if (!throttled.isEmpty()) {
            out.println("  most throttled: " + String.join(", ", top()));
        }
        if (!blocks.isEmpty()) {
            out.println("  on the block list: " + blocks.size());
            blocks.stream().limit(TOP).forEach(block -> out.println("    " + text(block)));
        }
        if (undecided > 0) {
            out.println("  " + undecided + " of " + fed + " requests got no decision");
        }
        out.flush();
    }
}
