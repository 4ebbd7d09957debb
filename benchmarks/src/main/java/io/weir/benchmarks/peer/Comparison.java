package io.weir.benchmarks.peer;

import io.weir.benchmarks.edge.EdgeCells;
import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Weir against the peers of the same run: what the peer needs divided by what Weir needs. More than 1: Weir wins; less: the peer.
 */
public final class Comparison {
    private static final String SECTION = "Against the peers of this run: the peer's figure divided by Weir's";
    private static final List<String> REDIS = List.of("lua", "bucket4j");
    private static final List<String> LIBRARIES = List.of("bucket4j", "resilience4j");
    private static final int MANY = 64;
    private static final String CPU = "us CPU per decision";

    private Comparison() {}

    public static void add(Size size, Report report) {
        for (String program : REDIS) {
            cpu(report, program);
            waiting(report, program);
        }
        for (String library : LIBRARIES) {
            for (String keys : List.of("uniform", "zipf")) {
                for (int threads : new int[] {1, 2}) {
                    pair(
                            report,
                            "A check in the process, " + keys + ", " + threads + " threads",
                            EdgeCells.id("weir", keys, "admitted", threads) + ".ns",
                            library,
                            EdgeCells.id(library, keys, "admitted", threads) + ".ns",
                            "ns");
                }
            }
        }
    }

    /** The server of a peer takes what comes at full speed: its best figure is that with most in flight. */
    private static void cpu(Report report, String program) {
        for (boolean async : new boolean[] {true, false}) {
            String peer = program + " on Redis, " + MANY + " in flight, " + (async ? "async" : "sync");
            String cpu = PeerCells.id(program, async, MANY) + ".cpu";
            pair(report, "All-in at 200,000/s, 64 per record", "latency.200000.64.all-in", peer, cpu, CPU);
            pair(report, "All-in at 200,000/s by the edge library", "edge-fed.200000.all-in", peer, cpu, CPU);
            pair(report, "All-in at 20,000/s, 1 per record", "latency.20000.1.all-in", peer, cpu, CPU);
        }
        String alone = PeerCells.id(program, false, 1) + ".cpu";
        pair(report, "All-in at 1,000/s, 1 per record", "latency.1000.1.all-in", program + ", 1 in flight", alone, CPU);
    }

    private static void waiting(Report report, String program) {
        String alone = PeerCells.id(program, false, 1);
        String peer = program + " on Redis, 1 in flight";
        for (String percentile : List.of(".p50", ".p99")) {
            pair(
                    report,
                    "Waiting for an awaited decision at 1,000/s, " + percentile.substring(1),
                    "latency.1000.1.uncommitted" + percentile,
                    peer,
                    alone + percentile,
                    "ms");
        }
        OptionalDouble check = report.median(EdgeCells.id("weir", "uniform", "admitted", 1) + ".ns");
        if (check.isPresent()) {
            pair(report, "Waiting for a local check, p50", check.getAsDouble() / 1e6, peer, alone + ".p50", "ms");
        }
    }

    private static void pair(Report report, String what, String weir, String peer, String theirs, String unit) {
        OptionalDouble ours = report.median(weir);
        if (ours.isPresent()) {
            pair(report, what, ours.getAsDouble(), peer, theirs, unit);
        }
    }

    private static void pair(Report report, String what, double ours, String peer, String id, String unit) {
        OptionalDouble theirs = report.median(id);
        if (theirs.isPresent() && ours > 0) {
            double ratio = theirs.getAsDouble() / ours;
            String said = String.format(
                    Locale.ROOT,
                    "%s: Weir %s, %s %s %s: %s",
                    what,
                    figure(ours),
                    peer,
                    figure(theirs.getAsDouble()),
                    unit,
                    ratio >= 1 ? "Weir wins" : "**the peer wins**");
            String name =
                    ("comparison." + what + "." + peer).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
            report.add(new Row(name, SECTION, said, "times", List.of(ratio)));
        }
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, value < 0.01 ? "%.6f" : value < 1 ? "%.3f" : "%.1f", value);
    }
}
