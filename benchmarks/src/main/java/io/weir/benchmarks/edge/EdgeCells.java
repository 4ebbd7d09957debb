package io.weir.benchmarks.edge;

import io.weir.benchmarks.jmh.Microbenchmark;
import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Size;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** The edge as parts of the suite: its check beside libraries in the process, how right several are, how fast they learn. */
public final class EdgeCells {
    private static final int EDGES = 8;
    private static final int BLOCKS = 100;

    private EdgeCells() {}

    /** The id of a row: {@code weir}, {@code bucket4j} or {@code resilience4j}. */
    public static String id(String library, String keys, String outcome, int threads) {
        return String.join(".", "edge", library, keys, outcome, Integer.toString(threads));
    }

    public static void check(Size size, Report report) throws RunnerException {
        String section = "A check in the process, 100,000 live tokens, four limits each; bytes with the request";
        for (String keys : List.of("uniform", "zipf")) {
            for (String outcome : size.full() ? List.of("admitted", "denied") : List.of("admitted")) {
                for (int threads : new int[] {1, 2}) {
                    for (String library : List.of("weir", "bucket4j", "resilience4j")) {
                        check(library, keys, outcome, threads).measure(size, report, section);
                    }
                }
            }
        }
    }

    private static Microbenchmark check(String library, String keys, String outcome, int threads) {
        boolean weir = library.equals("weir");
        Map<String, String> parameters = Map.of("keys", keys, "outcome", outcome);
        return new Microbenchmark(
                id(library, keys, outcome, threads),
                String.format("%s, %s, %s, %d threads", weir ? "Weir's edge" : library, keys, outcome, threads),
                weir ? EdgeCheck.class : LocalPeers.class,
                "check",
                weir ? parameters : Map.of("keys", keys, "outcome", outcome, "library", library),
                threads);
    }

    public static void accuracy(Size size, Report report) {
        Accuracy.measure(EDGES, size.full() ? 1 : 0, report);
    }

    public static void propagation(Size size, Report report) {
        Propagation.measure(EDGES, size.of(BLOCKS), "token", report);
        Propagation.measure(EDGES, size.of(BLOCKS), "ip", report);
    }
}
