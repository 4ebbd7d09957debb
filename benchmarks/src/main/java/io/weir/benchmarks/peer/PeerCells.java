package io.weir.benchmarks.peer;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Limits on Redis as a part of the suite: each program, by callers that wait and by callers that do not. */
public final class PeerCells {
    private static final String SECTION = "On Redis, client and server, four limits, 1,000,000 keys Zipf";
    private static final int SECONDS = 4;

    /** How many requests are on their way at once. */
    private static final int[] IN_FLIGHT = {1, 8, 64};

    private PeerCells() {}

    /** The id of the rows of one cell: {@code .cpu}, {@code .rate}, {@code .p50}, {@code .p99}. */
    static String id(String program, boolean async, int inFlight) {
        return "redis." + program + (async ? ".async." : ".sync.") + inFlight;
    }

    public static void measure(Size size, Report report) throws Exception {
        Optional<RedisServer> started = RedisServer.start();
        if (started.isEmpty()) {
            report.gap("peers on Redis", "no redis-server is installed");
            return;
        }
        try (RedisServer redis = started.get()) {
            for (boolean async : new boolean[] {false, true}) {
                for (int inFlight : IN_FLIGHT) {
                    measure(size, report, redis, "lua", async, inFlight);
                    measure(size, report, redis, "bucket4j", async, inFlight);
                }
            }
        }
    }

    private static void measure(
            Size size, Report report, RedisServer redis, String program, boolean async, int inFlight) throws Exception {
        List<RedisPeers.Measured> runs = new ArrayList<>();
        for (int run = 0; run < size.runs(); run++) {
            try (RedisLimiter limiter =
                    program.equals("lua") ? RedisLimiter.lua(redis) : RedisLimiter.bucket4j(redis)) {
                runs.add(RedisPeers.run(redis, limiter, async, inFlight, size.of(SECONDS - 1), size.of(SECONDS)));
            }
        }
        String id = id(program, async, inFlight);
        String what = (program.equals("lua") ? "Lua, four fixed windows, " : "bucket4j, four bandwidths, ")
                + (async ? "async, " : "sync, ") + inFlight + " in flight";
        report.add(new Row(
                id + ".cpu",
                SECTION,
                what,
                "us CPU per decision",
                runs.stream().map(RedisPeers.Measured::micros).toList()));
        report.add(new Row(
                id + ".rate",
                SECTION,
                what + ": rate",
                "decisions/s",
                runs.stream().map(RedisPeers.Measured::perSecond).toList()));
        for (int percentile : new int[] {50, 99}) {
            report.add(new Row(
                    id + ".p" + percentile,
                    SECTION,
                    what + ": p" + percentile,
                    "ms",
                    runs.stream()
                            .map(run -> run.latency().getValueAtPercentile(percentile) / 1e3)
                            .toList()));
        }
    }
}
