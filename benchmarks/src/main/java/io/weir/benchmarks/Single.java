package io.weir.benchmarks;

import io.weir.benchmarks.load.EndToEnd;
import io.weir.benchmarks.load.State;
import io.weir.benchmarks.load.Workload;
import java.util.LinkedHashMap;
import java.util.Map;

/** One part of the suite alone, with parameters and any settings of the enforcer as {@code name=value}. */
final class Single {
    private final Map<String, String> rest;

    Single(Map<String, String> settings) {
        this.rest = new LinkedHashMap<>(settings);
    }

    /** @param what {@code state}, {@code latency} or {@code peers} */
    void run(String what) throws Exception {
        switch (what) {
            case "state" -> state();
            case "latency" -> latency();
            default -> new Suite(false).peers();
        }
    }

    private void state() throws Exception {
        int subjects = Integer.parseInt(take("keys", "1000000"));
        System.out.println(State.run(subjects, Integer.parseInt(take("batch", "64")), rest));
    }

    private void latency() throws Exception {
        int rate = Integer.parseInt(take("rate", "20000"));
        Workload workload = new Workload("four", Integer.parseInt(take("keys", "1000000")), true, rate);
        int batch = Integer.parseInt(take("batch", "1"));
        boolean committed = Boolean.parseBoolean(take("committed", "false"));
        int seconds = Integer.parseInt(take("seconds", "20"));
        EndToEnd.Measured measured = EndToEnd.run(workload, batch, rate, committed, rest, 10, seconds);
        System.out.printf(
                "%d/s, %d per record, %s reads %s: p50 %.1f p99 %.1f p99.9 %.1f ms, all-in %.1f us CPU per event, %.0f/s%n",
                rate,
                batch,
                committed ? "committed" : "uncommitted",
                rest,
                measured.latency().getValueAtPercentile(50) / 1000.0,
                measured.latency().getValueAtPercentile(99) / 1000.0,
                measured.latency().getValueAtPercentile(99.9) / 1000.0,
                measured.micros(),
                measured.perSecond());
    }

    private String take(String name, String otherwise) {
        String value = rest.remove(name);
        return value == null ? otherwise : value;
    }
}
