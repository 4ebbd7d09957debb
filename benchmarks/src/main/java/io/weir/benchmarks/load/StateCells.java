package io.weir.benchmarks.load;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** State as a part of the suite: what it weighs, and how it comes back with a standby and without. */
public final class StateCells {
    private static final int SUBJECTS = 1_000_000;
    private static final int BATCH = 64;

    private StateCells() {}

    public static void measure(Size size, Report report) throws Exception {
        // More subjects would be another state: a full run has the same as a quick one.
        int subjects = size == Size.TINY ? SUBJECTS / 50 : SUBJECTS;
        weigh(size, report, subjects);
        failOver(size, report, subjects, 0);
        failOver(size, report, subjects, 1);
    }

    private static void weigh(Size size, Report report, int subjects) throws Exception {
        List<State.Measured> runs = new ArrayList<>();
        for (int run = 0; run < size.runs(); run++) {
            runs.add(State.run(subjects, BATCH, Map.of()));
        }
        String section = String.format("State of %,d subjects, two limits, hit once each", subjects);
        add(
                report,
                section,
                "subject-bytes",
                "usage in RocksDB",
                "bytes per subject",
                runs,
                State.Measured::subjectBytes);
        add(
                report,
                section,
                "changelog-bytes",
                "changelog of usage, before compaction",
                "bytes per decision",
                runs,
                State.Measured::changelogBytes);
        add(
                report,
                section,
                "all-changelog-bytes",
                "all changelogs, before compaction",
                "bytes per decision",
                runs,
                State.Measured::allChangelogBytes);
        add(report, section, "decision-bytes", "decisions", "bytes per decision", runs, State.Measured::decisionBytes);
        add(report, section, "request-bytes", "requests", "bytes per event", runs, State.Measured::requestBytes);
        add(report, section, "start", "an enforcer starts on its own state", "s", runs, State.Measured::startSeconds);
        add(
                report,
                section,
                "start-empty",
                "an enforcer starts with none and restores",
                "s",
                runs,
                State.Measured::restoreSeconds);
        add(
                report,
                section,
                "restore",
                "restoring, without a standby: what the start with none takes longer",
                "s per 1,000,000 subjects",
                runs,
                run -> (run.restoreSeconds() - run.startSeconds()) * SUBJECTS / subjects);
    }

    private static void failOver(Size size, Report report, int subjects, int standbys) throws InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int run = 0; run < size.runs(); run++) {
            seconds.add(FailOver.run(subjects, standbys));
        }
        report.add(new Row(
                "state.fail-over." + standbys,
                String.format(
                        "One of two enforcers is killed, %,d subjects, session timeout 6 s: the longest wait",
                        subjects),
                standbys == 0 ? "without a standby" : "with a standby",
                "s",
                seconds));
    }

    private static void add(
            Report report,
            String section,
            String id,
            String what,
            String unit,
            List<State.Measured> runs,
            ToDoubleFunction<State.Measured> figure) {
        report.add(new Row(
                "state." + id,
                section,
                what,
                unit,
                runs.stream().mapToDouble(figure).boxed().toList()));
    }
}
