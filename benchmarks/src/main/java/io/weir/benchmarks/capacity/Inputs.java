package io.weir.benchmarks.capacity;

import io.weir.benchmarks.Settings;
import io.weir.benchmarks.load.TopologyCells;
import io.weir.benchmarks.report.Report;
import org.jspecify.annotations.Nullable;

/**
 * What was measured, of uniform traffic, where every decision changes state: the dearer case.
 *
 * @param enforcer CPU time of the enforcer
 * @param broker CPU time of the leading broker
 * @param requestBytes of an event on its topic
 * @param decisionBytes of a decision on its topic
 * @param changelogBytes of all changelogs per decision
 * @param subjectBytes of a subject's usage in RocksDB
 * @param heapBytes of a subject's usage on the heap
 * @param restoreSeconds until 1,000,000 subjects are restored by one process
 */
record Inputs(
        Model enforcer,
        Model broker,
        double requestBytes,
        double decisionBytes,
        double changelogBytes,
        double subjectBytes,
        double heapBytes,
        double restoreSeconds) {

    /** Not in a report: an entry of two to four limits, its key and its place, as a heap with 250,000 of them had grown. */
    private static final double HEAP_BYTES = 250;

    /** Takes each input from the settings or else from a report. */
    static Inputs of(Settings settings, @Nullable Report report) {
        Source from = new Source(settings, report);
        return new Inputs(
                model(from, "enforcer"),
                model(from, "broker"),
                from.take("request.bytes", "state.request-bytes"),
                from.take("decision.bytes", "state.decision-bytes"),
                from.take("changelog.bytes", "state.all-changelog-bytes"),
                from.take("subject.bytes", "state.subject-bytes"),
                settings.take("heap.bytes", HEAP_BYTES),
                from.take("restore.seconds", "state.restore"));
    }

    private static Model model(Source from, String who) {
        double batched = from.take(who + ".micros", TopologyCells.id(false, Model.BATCH) + "." + who);
        double single = from.take(who + ".single.micros", TopologyCells.id(false, 1) + "." + who);
        double quiet = from.take(who + ".quiet.micros", "latency." + Model.QUIET + ".1." + who);
        return Model.of(batched, single, quiet);
    }

    private record Source(Settings settings, @Nullable Report report) {
        private double take(String option, String id) {
            double measured = report == null ? Double.NaN : report.median(id).orElse(Double.NaN);
            double value = settings.take(option, measured);
            if (Double.isNaN(value)) {
                throw new IllegalArgumentException("expected " + option + "=<number>, or a report in which " + id
                        + " was measured, found neither");
            }
            return value;
        }
    }
}
