package io.weir.benchmarks;

import io.weir.benchmarks.capacity.ModelCheck;
import io.weir.benchmarks.edge.EdgeCells;
import io.weir.benchmarks.engine.EngineCells;
import io.weir.benchmarks.load.GatewayCells;
import io.weir.benchmarks.load.LatencyCells;
import io.weir.benchmarks.load.StartUp;
import io.weir.benchmarks.load.StateCells;
import io.weir.benchmarks.load.TopologyCells;
import io.weir.benchmarks.peer.Comparison;
import io.weir.benchmarks.peer.PeerCells;
import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Everything that is measured, one part after the other. A part that fails is told in the report, and the rest goes on. */
final class Suite {
    /** In this order: what is compared with something before stands after it. */
    static final List<Part> PARTS = List.of(
            new Part("engine", "the engine alone: ns and bytes per decision", EngineCells::measure),
            new Part("peers", "Lua and bucket4j on Redis", PeerCells::measure),
            new Part("latency", "event to decision at another client, and what all of it costs", LatencyCells::measure),
            new Part("topology", "enforcer and broker, from a backlog", TopologyCells::measure),
            new Part("edge", "a check, beside libraries in the process", EdgeCells::check),
            new Part("accuracy", "edges that share a limit", EdgeCells::accuracy),
            new Part("propagation", "until all edges know a block", EdgeCells::propagation),
            new Part("gateway", "what a gateway adds to a request", GatewayCells::measure),
            new Part("state", "bytes, restoring, failing over", StateCells::measure),
            new Part("start", "weir run, until it decides", StartUp::measure),
            new Part("comparison", "the peers of this run against Weir", Comparison::add),
            new Part("model", "the model of docs/capacity.md against this run", ModelCheck::add));

    private static final Path FOLDER = Path.of("benchmarks", "target");

    private Suite() {}

    /**
     * Runs all parts, or those that are named; writes {@code report.md} and {@code .json}, or {@code report-<names>}.
     *
     * @return whether all went well
     * @throws IllegalArgumentException when a name is unknown
     */
    static boolean run(Size size, List<String> names) throws IOException {
        List<Part> parts =
                names.isEmpty() ? PARTS : names.stream().map(Suite::part).toList();
        String file = names.isEmpty() ? "report" : "report-" + String.join("-", names);
        return run(size, parts, FOLDER, file).gaps().isEmpty();
    }

    /** The same with parts of the caller's. */
    static Report run(Size size, List<Part> parts, Path folder, String file) throws IOException {
        Report report = new Report(size);
        int done = 0;
        for (Part part : parts) {
            long began = System.nanoTime();
            System.out.printf(
                    "%s [%d/%d] %s: %s%n",
                    LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                    ++done,
                    parts.size(),
                    part.name(),
                    part.about());
            try {
                part.work().measure(size, report);
            } catch (Exception failed) {
                failed.printStackTrace();
                report.gap(part.name(), String.valueOf(failed));
            }
            System.out.printf(
                    "  %s took %d s%n",
                    part.name(), Duration.ofNanos(System.nanoTime() - began).toSeconds());
            report.write(folder, file);
        }
        System.out.println("written: " + folder.resolve(file) + ".md and .json");
        return report;
    }

    private static Part part(String name) {
        return PARTS.stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected some of " + PARTS.stream().map(Part::name).toList() + ", found '" + name + "'"));
    }
}
