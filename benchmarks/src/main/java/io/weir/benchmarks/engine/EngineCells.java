package io.weir.benchmarks.engine;

import io.weir.benchmarks.jmh.Microbenchmark;
import io.weir.benchmarks.load.Workload;
import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Size;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** The engine as a part of the suite: each algorithm, and each vendor's policy. */
public final class EngineCells {
    private static final List<String> ALGORITHMS = List.of("fixed", "sliding", "first-hit", "bucket", "four", "denied");

    private EngineCells() {}

    public static void measure(Size size, Report report) throws RunnerException {
        for (String policy : ALGORITHMS) {
            decide(policy).measure(size, report, "Engine alone, 10,000 subjects: each algorithm");
        }
        for (String vendor : Workload.VENDORS) {
            decide(vendor).measure(size, report, "Engine alone, 10,000 subjects: the vendors' policies");
        }
    }

    private static Microbenchmark decide(String policy) {
        return new Microbenchmark(
                "engine." + policy, policy, DecideBenchmark.class, "decide", Map.of("policy", policy), 1);
    }
}
