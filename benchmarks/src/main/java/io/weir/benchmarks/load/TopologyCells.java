package io.weir.benchmarks.load;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Enforcer and broker as a part of the suite: policies, keys, distributions, guarantees, events per record. */
public final class TopologyCells {
    /** What is decided, and how. */
    private record Cell(String policy, int keys, boolean zipf, boolean exactlyOnce, int batch) {
        private String id() {
            return String.join(
                    ".",
                    "topology",
                    policy,
                    Integer.toString(keys),
                    zipf ? "zipf" : "uniform",
                    exactlyOnce ? "exactly-once" : "at-least-once",
                    Integer.toString(batch));
        }

        private String what(double denied) {
            return String.format(
                    "%s, %,d keys %s, %s, %d per record, %.0f %% denied",
                    policy,
                    keys,
                    zipf ? "Zipf" : "uniform",
                    exactlyOnce ? "exactly once" : "at least once",
                    batch,
                    denied * 100);
        }

        /** One of those for which what Kafka takes alone is measured, too. */
        private boolean hasFloor() {
            return policy.equals("four") && keys == MANY && exactlyOnce && batch > 1;
        }

        private Workload workload() {
            return new Workload(policy, keys, zipf, EVENTS_PER_SECOND);
        }

        private Map<String, String> settings() {
            return Map.of("processing.guarantee", exactlyOnce ? "exactly_once_v2" : "at_least_once");
        }

        private Cell withBatch(int events) {
            return new Cell(policy, keys, zipf, exactlyOnce, events);
        }
    }

    private static final String SECTION = "Enforcer and broker, from a backlog, RF 1";
    private static final String CPU = "us CPU per decision";
    private static final int EVENTS_PER_SECOND = 100_000;
    private static final int BATCHED = 1_500_000;
    private static final int SINGLE = 700_000;
    private static final int FLOOR = 3_000_000;
    private static final int MANY = 1_000_000;
    private static final int SOME = 100_000;
    private static final int FEW = 10_000;

    /** The id of the cells that others reckon with: four windows, 1,000,000 keys, exactly once. */
    public static String id(boolean zipf, int batch) {
        return new Cell("four", MANY, zipf, true, batch).id();
    }

    private TopologyCells() {}

    public static void measure(Size size, Report report) throws InterruptedException {
        for (Cell cell : size.full() ? all() : some()) {
            measure(cell, size, report);
        }
        add(report, "64 per record", 64);
        if (size.full()) {
            add(report, "1 per record", 1);
        }
    }

    /** What the rows need: one thing changed at a time. */
    private static List<Cell> some() {
        return List.of(
                new Cell("four", MANY, true, true, 64),
                new Cell("four", MANY, true, true, 1),
                new Cell("four", MANY, false, true, 64),
                new Cell("four", MANY, false, true, 1),
                new Cell("four", SOME, false, true, 64),
                new Cell("four", FEW, false, true, 64),
                new Cell("four", MANY, true, false, 64),
                new Cell("one", MANY, true, true, 64),
                new Cell("vendors", SOME, true, true, 64),
                new Cell("vendors", SOME, true, true, 1));
    }

    /** All of them: with 10,000 keys only what shows how the cost grows with keys. */
    private static List<Cell> all() {
        List<Cell> cells = new ArrayList<>();
        for (boolean zipf : new boolean[] {true, false}) {
            for (String policy : List.of("one", "four", "vendors")) {
                cells.add(new Cell(policy, SOME, zipf, true, 64));
                cells.add(new Cell(policy, MANY, zipf, true, 64));
                cells.add(new Cell(policy, MANY, zipf, false, 64));
            }
            cells.add(new Cell("four", FEW, zipf, true, 64));
        }
        return cells.stream()
                .flatMap(cell -> Stream.of(cell, cell.withBatch(1)))
                .toList();
    }

    private static void measure(Cell cell, Size size, Report report) throws InterruptedException {
        List<Throughput.Measured> runs = new ArrayList<>();
        int events = size.of(cell.batch == 1 ? SINGLE : BATCHED);
        for (int run = 0; run < size.runs(); run++) {
            runs.add(Throughput.run(cell.workload(), cell.batch, cell.settings(), events, events));
        }
        String id = cell.id();
        String what = cell.what(runs.get(0).denied());
        report.add(new Row(
                id + ".total",
                SECTION,
                what,
                CPU,
                runs.stream().map(Throughput.Measured::micros).toList()));
        report.add(new Row(
                id + ".enforcer",
                SECTION,
                what + ": enforcer",
                CPU,
                runs.stream().map(run -> run.enforcer().micros()).toList()));
        report.add(new Row(
                id + ".broker",
                SECTION,
                what + ": broker",
                CPU,
                runs.stream().map(run -> run.broker().micros()).toList()));
        report.add(new Row(
                id + ".compilers",
                SECTION,
                what + ": of both, compilers",
                CPU,
                runs.stream().map(Throughput.Measured::compilers).toList()));
        report.add(new Row(
                id + ".rate",
                SECTION,
                what + ": rate",
                "decisions/s",
                runs.stream().map(Throughput.Measured::perSecond).toList()));
        report.add(new Row(
                id + ".records",
                SECTION,
                what + ": written, marks of transactions included",
                "records per decision",
                runs.stream().map(Throughput.Measured::records).toList()));
        if (cell.hasFloor()) {
            floor(cell, what, runs, size, report);
        }
    }

    /** What Kafka alone takes to read the same records of requests, and to write as many as the runs did. */
    private static void floor(Cell cell, String what, List<Throughput.Measured> runs, Size size, Report report)
            throws InterruptedException {
        int events = size.of(FLOOR);
        List<Double> micros = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (Throughput.Measured run : runs) {
            double floor = Throughput.floor(cell.workload(), cell.batch, run.records(), cell.settings(), events, events)
                    .compiledMicros();
            micros.add(floor);
            ratios.add(run.compiledMicros() / floor);
        }
        report.add(new Row(
                cell.id() + ".floor",
                SECTION,
                what + ": Kafka alone, as many records, nothing decided, compilers not counted",
                CPU,
                micros));
        report.add(new Row(
                cell.id() + ".floor-ratio",
                SECTION,
                what + ": Weir against Kafka alone, compilers not counted",
                "times",
                ratios));
    }

    private static void add(Report report, String what, int batch) {
        String few = new Cell("four", FEW, false, true, batch).id() + ".total";
        String many = id(false, batch) + ".total";
        if (report.median(few).isPresent() && report.median(many).isPresent()) {
            double ratio =
                    report.median(many).getAsDouble() / report.median(few).getAsDouble();
            report.add(new Row(
                    "topology.keys-ratio." + batch,
                    SECTION,
                    "1,000,000 keys against 10,000, uniform, " + what,
                    "times",
                    List.of(ratio)));
        }
    }
}
