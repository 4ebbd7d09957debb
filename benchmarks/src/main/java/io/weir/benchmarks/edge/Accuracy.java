package io.weir.benchmarks.edge;

import io.weir.edge.EdgeNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
public final class Accuracy {
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

    /** Arguments: {@code edges=8 minutes=1 report=FILE}. */
    public static void run(Map<String, String> settings) throws IOException {
        int count = Integer.parseInt(settings.getOrDefault("edges", "8"));
        int minutes = Integer.parseInt(settings.getOrDefault("minutes", "1"));
        Path report = Path.of(settings.getOrDefault("report", "benchmarks/target/accuracy.md"));
        List<Case> cases = List.of(
                new Case("tenths", 100, "100ms", 100, 50),
                new Case("seconds", 1_000, "1s", 1_000, 10),
                new Case("minutes", 6_000, "1m", 60_000, minutes),
                new Case("few", 60, "1m", 60_000, minutes));
        StringBuilder table = new StringBuilder(String.format(
                "%d edges; admitted ÷ limit is the mean over the windows, worst that of the worst window%n%n"
                        + "| limit | asked ÷ limit | windows | admitted ÷ limit | worst | falsely denied |%n"
                        + "|---|---|---|---|---|---|%n",
                count));
        try (Edges edges = Edges.start(count, yaml(cases), decision -> {})) {
            for (Case each : cases) {
                for (double rate : RATES) {
                    Outcome outcome = run(edges.edges(), each, rate);
                    String row = String.format(
                            Locale.ROOT,
                            "| %d per %s | %.1f | %d | %.3f | %.3f | %d of %d |%n",
                            each.limit,
                            each.window,
                            rate,
                            each.windows,
                            outcome.ofLimit,
                            outcome.worst,
                            outcome.falselyDenied,
                            outcome.arrived);
                    System.out.print(row);
                    table.append(row);
                }
            }
        }
        Files.writeString(report, table);
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
