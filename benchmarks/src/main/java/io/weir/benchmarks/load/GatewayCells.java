package io.weir.benchmarks.load;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.util.ArrayList;
import java.util.List;

/** The gateway as a part of the suite. */
public final class GatewayCells {
    private static final int RATE = 500;
    private static final int SECONDS = 10;

    private GatewayCells() {}

    public static void measure(Size size, Report report) throws InterruptedException {
        List<GatewayLatency.Measured> runs = new ArrayList<>();
        for (int run = 0; run < size.runs(); run++) {
            runs.add(GatewayLatency.run(RATE, size.of(SECONDS), size.of(SECONDS)));
        }
        String section = "A request over HTTP, " + RATE + "/s, with an awaited decision";
        for (int percentile : new int[] {50, 99}) {
            report.add(new Row(
                    "gateway.direct.p" + percentile,
                    section,
                    "the upstream directly: p" + percentile,
                    "ms",
                    runs.stream()
                            .map(run -> run.direct().getValueAtPercentile(percentile) / 1e3)
                            .toList()));
            report.add(new Row(
                    "gateway.through.p" + percentile,
                    section,
                    "through weir gateway: p" + percentile,
                    "ms",
                    runs.stream()
                            .map(run -> run.through().getValueAtPercentile(percentile) / 1e3)
                            .toList()));
        }
        if (runs.stream().anyMatch(run -> run.undecided() > 0)) {
            report.gap(section, "some requests were not decided in time or failed");
        }
    }
}
