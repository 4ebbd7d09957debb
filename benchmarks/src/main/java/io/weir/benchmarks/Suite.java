package io.weir.benchmarks;

import io.weir.benchmarks.load.EndToEnd;
import io.weir.benchmarks.load.State;
import io.weir.benchmarks.load.Throughput;
import io.weir.benchmarks.load.Workload;
import io.weir.benchmarks.peer.RedisPeers;
import io.weir.benchmarks.peer.RedisServer;
import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that is measured, one after the other, in the order in which things are compared. */
final class Suite {
    private static final String CPU = "us CPU per decision";
    private static final String EXACTLY_ONCE = "exactly_once_v2";
    private static final String AT_LEAST_ONCE = "at_least_once";
    private static final int MILLION = 1_000_000;

    private final Report report = new Report();
    private final boolean full;

    /** @param full several runs of each and more events; else enough to see that all works */
    Suite(boolean full) {
        this.full = full;
    }

    void run() throws Exception {
        peers();
        for (int batch : new int[] {64, 1}) {
            throughput(new Workload("four", MILLION, true, 100_000), batch, EXACTLY_ONCE);
            throughput(new Workload("four", MILLION, false, 100_000), batch, EXACTLY_ONCE);
            if (full) {
                throughput(new Workload("one", MILLION, true, 100_000), batch, EXACTLY_ONCE);
                throughput(new Workload("four", 10_000, false, 100_000), batch, EXACTLY_ONCE);
                throughput(new Workload("four", 100_000, false, 100_000), batch, EXACTLY_ONCE);
                throughput(new Workload("four", MILLION, true, 100_000), batch, AT_LEAST_ONCE);
            }
            throughput(new Workload("vendors", 100_000, true, 100_000), batch, EXACTLY_ONCE);
        }
        endToEnd(64, 200_000, false);
        for (int rate : full ? new int[] {1_000, 5_000, 20_000} : new int[] {1_000, 20_000}) {
            endToEnd(1, rate, false);
            endToEnd(1, rate, true);
        }
        state();
        report.write(Path.of("benchmarks", "target"));
    }

    private void throughput(Workload workload, int batch, String guarantee) throws InterruptedException {
        List<Double> total = new ArrayList<>();
        List<Double> enforcer = new ArrayList<>();
        List<Double> broker = new ArrayList<>();
        List<Double> rate = new ArrayList<>();
        double denied = 0;
        int events = (full ? 2 : 1) * (batch == 1 ? MILLION : 2 * MILLION);
        for (int run = 0; run < (full ? 3 : 1); run++) {
            Throughput.Measured measured =
                    Throughput.run(workload, batch, Map.of("processing.guarantee", guarantee), events, events);
            total.add(measured.micros());
            enforcer.add(measured.enforcerMicros());
            broker.add(measured.brokerMicros());
            rate.add(measured.perSecond());
            denied = measured.denied();
        }
        String what = String.format(
                "%s, %d keys %s, %d per record, %s, %.0f %% denied",
                workload.policy(),
                workload.keys(),
                workload.zipf() ? "Zipf" : "uniform",
                batch,
                guarantee,
                denied * 100);
        report.add(new Row("Enforcer and broker, backlog, RF 1", what, CPU, total));
        report.add(new Row("Enforcer and broker, backlog, RF 1", what + ": enforcer", CPU, enforcer));
        report.add(new Row("Enforcer and broker, backlog, RF 1", what + ": broker", CPU, broker));
        report.add(new Row("Enforcer and broker, backlog, RF 1", what + ": rate", "decisions/s", rate));
    }

    private void endToEnd(int batch, int rate, boolean committed) throws Exception {
        String section = "Event to decision at another client, exactly once, RF 1";
        String what = String.format(
                "%d/s, %d per record, %s", rate, batch, committed ? "committed reads" : "uncommitted reads");
        EndToEnd.Measured measured = EndToEnd.run(
                new Workload("four", MILLION, true, rate), batch, rate, committed, Map.of(), 10, full ? 30 : 10);
        report.add(new Row(section, what + ": all-in", CPU, List.of(measured.micros())));
        report.add(new Row(section, what + ": reached", "events/s", List.of(measured.perSecond())));
        for (double percentile : new double[] {50, 99, 99.9}) {
            double millis = measured.latency().getValueAtPercentile(percentile) / 1000.0;
            report.add(new Row(section, what + ": p" + percentile, "ms", List.of(millis)));
        }
    }

    private void state() throws Exception {
        State.Measured measured = State.run(MILLION, 64, Map.of());
        String section = "State of 1,000,000 subjects, two limits, hit once each";
        report.add(new Row(section, "usage in RocksDB", "bytes per subject", List.of(measured.subjectBytes())));
        report.add(new Row(section, "changelog of usage", "bytes per decision", List.of(measured.changelogBytes())));
        report.add(new Row(section, "all changelogs", "bytes per decision", List.of(measured.allChangelogBytes())));
        report.add(new Row(section, "decisions", "bytes per decision", List.of(measured.decisionBytes())));
        report.add(new Row(section, "requests", "bytes per event", List.of(measured.requestBytes())));
        report.add(new Row(section, "enforcer starts on its state", "s", List.of(measured.startSeconds())));
        report.add(new Row(section, "enforcer starts without, and restores", "s", List.of(measured.restoreSeconds())));
    }

    void peers() throws Exception {
        Optional<RedisServer> started = RedisServer.start();
        if (started.isEmpty()) {
            System.out.println("no redis-server is installed: peers on Redis are left out");
            return;
        }
        try (RedisServer redis = started.get()) {
            for (int inFlight : new int[] {64, 1}) {
                int decisions = (full ? 2 : 1) * (inFlight == 1 ? 50_000 : 300_000);
                peer("Lua, four fixed windows", inFlight, RedisPeers.lua(redis, inFlight, decisions, decisions));
                peer("bucket4j, four bandwidths", inFlight, RedisPeers.bucket4j(redis, inFlight, decisions, decisions));
            }
        }
    }

    private void peer(String what, int inFlight, RedisPeers.Measured measured) {
        String which = what + ", " + inFlight + " in flight";
        report.add(new Row("On Redis, client and server", which, CPU, List.of(measured.micros())));
        report.add(
                new Row("On Redis, client and server", which + ": rate", "decisions/s", List.of(measured.perSecond())));
    }
}
