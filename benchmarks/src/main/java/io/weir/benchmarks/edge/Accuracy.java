package io.weir.benchmarks.edge;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.edge.EdgeNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * How right edges are together: one key, asked for at random edges at so many times its limit, in real time on a real broker.
 * The sequential truth admits the first requests of each window up to the limit: what is admitted beyond them is overshoot,
 * one of them that is denied is a false denial.
 */
final class Accuracy {
    private static final double[] RATES = {0.9, 1, 1.5, 2, 10};
    private static final String DOMAIN = "accuracy";

    /**
     * A limit to try.
     *
     * @param windows how many windows to go on for
     */
    private record Case(String rule, long limit, String window, long windowMs, int windows) {}

    /** What came of a case at one rate, over all windows. */
    private record Outcome(long arrived, long admitted, long falselyDenied, double ofLimit, double worst) {}

    private Accuracy() {}

    /** Measures with the short windows; those of a minute are tried for so many minutes each, ten times. */
    static void measure(int count, int minutes, Report report) {
        List<Case> cases = new ArrayList<>(
                List.of(new Case("tenths", 100, "100ms", 100, 50), new Case("seconds", 1_000, "1s", 1_000, 10)));
        if (minutes > 0) {
            cases.add(new Case("minutes", 6_000, "1m", 60_000, minutes));
            cases.add(new Case("few", 60, "1m", 60_000, minutes));
        }
        String section = count + " edges that share a limit, against the sequential truth";
        try (Edges edges = Edges.start(count, yaml(cases), decision -> {})) {
            for (Case each : cases) {
                for (double rate : RATES) {
                    add(report, section, each, rate, run(edges.edges(), each, rate));
                }
            }
        }
    }

    private static void add(Report report, String section, Case of, double rate, Outcome outcome) {
        String id = "accuracy." + of.rule + "." + rate;
        String what = String.format(
                Locale.ROOT,
                "%d per %s, asked for %.1f times as much, %d windows",
                of.limit,
                of.window,
                rate,
                of.windows);
        String unit = "times the limit";
        report.add(new Row(id + ".admitted", section, what + ": admitted", unit, List.of(outcome.ofLimit)));
        report.add(new Row(id + ".worst", section, what + ": in the worst window", unit, List.of(outcome.worst)));
        report.add(new Row(
                id + ".falsely-denied", section, what + ": falsely denied", "of " + outcome.arrived, List.of((double)
                        outcome.falselyDenied)));
    }

    private static String yaml(List<Case> cases) {
        StringBuilder yaml = new StringBuilder("policy: " + DOMAIN + "\nrules:\n");
        for (Case each : cases) {
            yaml.append(String.format(
                    "  - { name: %s, where: { token: [%s] }, key: [token], limits: [{ limit: %d, per: %s }] }%n",
                    each.rule, each.rule, each.limit, each.window));
        }
        return yaml.toString();
    }

    private static Outcome run(List<EdgeNode> edges, Case of, double rate) {
        SplittableRandom random = new SplittableRandom(1);
        long start = Math.floorDiv(System.currentTimeMillis(), of.windowMs) * of.windowMs + of.windowMs;
        long nanoStart = System.nanoTime() + (start - System.currentTimeMillis()) * 1_000_000;
        double gapNanos = of.windowMs * 1e6 / (of.limit * rate);
        long total = Math.round(of.limit * rate * of.windows);
        Map<Long, long[]> windows = new HashMap<>();
        long falselyDenied = 0;
        for (long i = 0; i < total; i++) {
            pauseUntil(nanoStart + (long) (gapNanos * i));
            long now = System.currentTimeMillis();
            long[] counts = windows.computeIfAbsent(Math.floorDiv(now, of.windowMs), first -> new long[2]);
            counts[0]++;
            boolean admitted = edges.get(random.nextInt(edges.size()))
                    .check(Edges.request(DOMAIN, of.rule, null, now))
                    .allowed();
            counts[1] += admitted ? 1 : 0;
            falselyDenied += !admitted && counts[0] <= of.limit ? 1 : 0;
        }
        long admitted = windows.values().stream().mapToLong(each -> each[1]).sum();
        long most = windows.values().stream().mapToLong(each -> each[1]).max().orElse(0);
        return new Outcome(
                total, admitted, falselyDenied, (double) admitted / of.limit / of.windows, (double) most / of.limit);
    }

    private static void pauseUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            if (left > 100_000) {
                LockSupport.parkNanos(left - 50_000);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
