package io.weir.benchmarks.report;

import java.util.Arrays;
import java.util.List;

/**
 * One thing that was measured, several times.
 *
 * @param id names it to programs, such as {@code latency.20000.1.all-in}: stays the same from run to run
 * @param section what it is about, a heading of the report
 * @param what the configuration in words
 * @param unit such as {@code us CPU per decision}
 */
public record Row(String id, String section, String what, String unit, List<Double> values) {
    public Row {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("expected something measured of " + what + ", but there is nothing");
        }
    }

    /** The middle value; of an even number the lower of the two in the middle. */
    public double median() {
        return sorted()[(values.size() - 1) / 2];
    }

    public double least() {
        return sorted()[0];
    }

    public double most() {
        return sorted()[values.size() - 1];
    }

    private double[] sorted() {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
