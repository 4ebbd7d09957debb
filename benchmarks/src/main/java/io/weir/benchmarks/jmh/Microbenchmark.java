package io.weir.benchmarks.jmh;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One method measured by JMH in a process of its own: the mean time of a call, one value for each iteration, and the bytes it
 * allocates.
 *
 * @param id of its rows: {@code <id>.ns} and {@code <id>.bytes}
 * @param what the configuration in words
 * @param parameters of the benchmark's class
 * @param threads that call at once; the time is that of one call by one of them
 */
public record Microbenchmark(
        String id, String what, Class<?> type, String method, Map<String, String> parameters, int threads) {
    private static final int ITERATIONS = 5;
    private static final TimeValue TINY = TimeValue.milliseconds(100);

    /** Measures and adds two rows. */
    public void measure(Size size, Report report, String section) throws RunnerException {
        boolean tiny = size == Size.TINY;
        TimeValue time = tiny ? TINY : TimeValue.seconds(size.of(1));
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + type.getName().replace(".", "\\.") + "\\." + method + "$")
                .mode(Mode.AverageTime)
                .forks(size.runs())
                .threads(threads)
                .warmupIterations(tiny ? 1 : 2)
                .warmupTime(time)
                .measurementIterations(tiny ? 1 : ITERATIONS)
                .measurementTime(time)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        parameters.forEach(options::param);
        List<Double> nanos = new ArrayList<>();
        List<Double> bytes = new ArrayList<>();
        for (RunResult run : new Runner(options.build()).run()) {
            for (BenchmarkResult fork : run.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults()) {
                    nanos.add(iteration.getPrimaryResult().getScore());
                    Result<?> allocated = iteration.getSecondaryResults().get("gc.alloc.rate.norm");
                    if (allocated != null) {
                        bytes.add(allocated.getScore());
                    }
                }
            }
        }
        report.add(new Row(id + ".ns", section, what, "ns", nanos));
        report.add(new Row(id + ".bytes", section, what, "bytes allocated", bytes));
    }
}
