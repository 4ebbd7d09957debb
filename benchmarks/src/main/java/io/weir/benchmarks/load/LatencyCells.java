package io.weir.benchmarks.load;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/** Event to decision as a part of the suite: each rate, by both kinds of readers; and by the edge library. */
public final class LatencyCells {
    private static final int SOON = 1;

    /** At low rates requests of clients and brokers are what costs, and whoever is not in a hurry waits for more to send. */
    private static final int LATER = 20;

    /** 50,000/s is there for the check of the model. */
    private static final List<EndToEnd.Load> LOADS = List.of(
            new EndToEnd.Load(1_000, 1, SOON),
            new EndToEnd.Load(1_000, 1, LATER),
            new EndToEnd.Load(5_000, 1, SOON),
            new EndToEnd.Load(20_000, 1, SOON),
            new EndToEnd.Load(50_000, 8, SOON),
            new EndToEnd.Load(200_000, 64, SOON));

    private static final String CPU = "us CPU per event";
    private static final double[] PERCENTILES = {50, 99, 99.9};
    private static final int KEYS = 1_000_000;
    private static final int WARM_SECONDS = 10;
    private static final int SECONDS = 10;
    private static final int EDGE_RATE = 200_000;

    private LatencyCells() {}

    public static void measure(Size size, Report report) throws InterruptedException {
        for (EndToEnd.Load load : LOADS) {
            List<EndToEnd.Both> runs = new ArrayList<>();
            for (int run = 0; run < size.runs(); run++) {
                Workload workload = new Workload("four", KEYS, true, load.perSecond());
                runs.add(EndToEnd.run(workload, load, enforcer(load), size.of(WARM_SECONDS), size.of(SECONDS)));
            }
            add(report, load, runs);
        }
        byEdge(size, report);
    }

    /** Where the feed is not in a hurry the enforcer is not either. */
    private static Map<String, String> enforcer(EndToEnd.Load load) {
        return load.lingerMs() == LATER
                ? Map.of(
                        "kafka.main.consumer.fetch.min.bytes",
                        "1000000",
                        "kafka.main.consumer.fetch.max.wait.ms",
                        Integer.toString(LATER))
                : Map.of();
    }

    private static void add(Report report, EndToEnd.Load load, List<EndToEnd.Both> runs) {
        String section = "Event to decision at another client, exactly once, RF 1, four windows, 1,000,000 keys Zipf";
        String id = "latency." + load.perSecond() + "." + load.batch();
        String what = String.format("%,d/s, %d per record", load.perSecond(), load.batch());
        if (load.lingerMs() != SOON) {
            id += ".linger";
            what += String.format(", sent and read together every %d ms", load.lingerMs());
        }
        List<EndToEnd.Measured> early =
                runs.stream().map(EndToEnd.Both::uncommitted).toList();
        List<EndToEnd.Measured> late =
                runs.stream().map(EndToEnd.Both::committed).toList();
        latency(report, section, id + ".uncommitted", what + ", uncommitted reads", early);
        latency(report, section, id + ".committed", what + ", committed reads", late);
        List<Costs> costs = early.stream().map(EndToEnd.Measured::costs).toList();
        double[] making = runs.stream().mapToDouble(EndToEnd.Both::makingMicros).toArray();
        costs(report, section, id, what, costs, making);
    }

    private static void latency(Report report, String section, String id, String what, List<EndToEnd.Measured> runs) {
        for (double percentile : PERCENTILES) {
            String name = "p" + (percentile == (int) percentile ? Integer.toString((int) percentile) : percentile);
            report.add(new Row(
                    id + "." + name,
                    section,
                    what + ": " + name,
                    "ms",
                    runs.stream()
                            .map(EndToEnd.Measured::latency)
                            .map((Histogram micros) -> micros.getValueAtPercentile(percentile) / 1e3)
                            .toList()));
        }
        report.add(new Row(
                id + ".rate",
                section,
                what + ": reached",
                "decisions/s",
                runs.stream().map(EndToEnd.Measured::perSecond).toList()));
        if (runs.stream().anyMatch(run -> run.missing() > 0)) {
            report.gap(what, "not all decisions came within a minute");
        }
    }

    /** The latency of an edge is that of its check, a part of its own; this is what it costs. */
    private static void byEdge(Size size, Report report) throws InterruptedException {
        List<EdgeFed.Measured> runs = new ArrayList<>();
        for (int run = 0; run < size.runs(); run++) {
            Workload workload = new Workload("four", KEYS, true, EDGE_RATE);
            runs.add(EdgeFed.run(workload, EDGE_RATE, size.of(WARM_SECONDS), size.of(SECONDS)));
        }
        String section = "Checked by the edge library, told to the enforcers and learnt from them, exactly once, RF 1";
        String what = String.format("%,d/s", EDGE_RATE);
        String id = "edge-fed." + EDGE_RATE;
        costs(
                report,
                section,
                id,
                what,
                runs.stream().map(EdgeFed.Measured::costs).toList(),
                runs.stream().mapToDouble(EdgeFed.Measured::makingMicros).toArray());
        report.add(new Row(
                id + ".rate",
                section,
                what + ": reached",
                "checks/s",
                runs.stream().map(EdgeFed.Measured::perSecond).toList()));
        if (runs.stream().anyMatch(run -> run.lost() > 0)) {
            report.gap(section, "the edge could not tell all hits: not a fair figure");
        }
    }

    private static void costs(
            Report report, String section, String id, String what, List<Costs> costs, double[] making) {
        report.add(
                row(id + ".all-in", section, what + ": all-in", costs.stream().mapToDouble(Costs::all)));
        report.add(row(
                id + ".client",
                section,
                what + ": feed and reader",
                costs.stream().mapToDouble(Costs::client)));
        report.add(row(id + ".making", section, what + ": of which making the events up", DoubleStream.of(making)));
        report.add(row(
                id + ".enforcer", section, what + ": enforcer", costs.stream().mapToDouble(Costs::enforcer)));
        report.add(
                row(id + ".broker", section, what + ": broker", costs.stream().mapToDouble(Costs::broker)));
    }

    private static Row row(String id, String section, String what, DoubleStream values) {
        return new Row(id, section, what, CPU, values.boxed().toList());
    }
}
