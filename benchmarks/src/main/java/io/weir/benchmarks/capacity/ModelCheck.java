package io.weir.benchmarks.capacity;

import io.weir.benchmarks.load.TopologyCells;
import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The model against measurements that it was not made from: what enforcer and broker take at steady rates. It is made from the
 * backlogs of Zipf traffic and the run at 1,000/s, as the steady rates are Zipf too.
 */
public final class ModelCheck {
    private static final String SECTION = "The model of capacity against what was measured, enforcer and broker";

    /** A rate, and how many events are in a record. */
    private record Point(int rate, int batch) {}

    private static final List<Point> POINTS =
            List.of(new Point(5_000, 1), new Point(20_000, 1), new Point(50_000, 8), new Point(200_000, 64));

    private ModelCheck() {}

    public static void add(Size size, Report report) {
        for (String who : List.of("enforcer", "broker")) {
            OptionalDouble batched = report.median(TopologyCells.id(true, Model.BATCH) + "." + who);
            OptionalDouble single = report.median(TopologyCells.id(true, 1) + "." + who);
            OptionalDouble quiet = report.median("latency." + Model.QUIET + ".1." + who);
            if (batched.isEmpty() || single.isEmpty() || quiet.isEmpty()) {
                report.gap("model of the " + who, "topology and latency were not measured");
                continue;
            }
            Model model = Model.of(batched.getAsDouble(), single.getAsDouble(), quiet.getAsDouble());
            System.out.println("  " + who + ": " + model);
            for (Point point : POINTS) {
                report.median("latency." + point.rate + "." + point.batch + "." + who)
                        .ifPresent(micros -> add(report, who, model, point, micros * point.rate / 1e6));
            }
        }
    }

    private static void add(Report report, String who, Model model, Point point, double measured) {
        double predicted = model.cores(point.rate, point.batch);
        String id = String.join(".", "model", who, Integer.toString(point.rate), Integer.toString(point.batch));
        String what = String.format("%s at %,d/s, %d per record", who, point.rate, point.batch);
        report.add(new Row(id + ".predicted", SECTION, what + ": predicted", "cores busy", List.of(predicted)));
        report.add(new Row(id + ".measured", SECTION, what + ": measured", "cores busy", List.of(measured)));
        report.add(new Row(
                id + ".off", SECTION, what + ": predicted against measured", "times", List.of(predicted / measured)));
    }
}
