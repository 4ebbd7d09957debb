package io.weir.benchmarks;

import io.weir.benchmarks.load.EndToEnd;
import io.weir.benchmarks.load.GatewayLatency;
import io.weir.benchmarks.load.State;
import io.weir.benchmarks.load.Throughput;
import io.weir.benchmarks.load.Workload;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** One cell of the suite alone, with parameters of the caller's; what is not a parameter is a setting of the enforcer. */
final class Single {
    private static final int MILLION = 1_000_000;

    private Single() {}

    /** @param what {@code throughput}, {@code latency}, {@code state} or {@code gateway} */
    static void run(String what, Settings settings) throws Exception {
        switch (what) {
            case "latency" -> latency(settings);
            case "state" -> state(settings);
            case "gateway" -> gateway(settings);
            default -> throughput(settings);
        }
    }

    private static void state(Settings settings) throws Exception {
        int subjects = settings.take("keys", MILLION);
        System.out.println(State.run(subjects, settings.take("batch", 64), settings.rest()));
    }

    private static void gateway(Settings settings) throws InterruptedException {
        int perSecond = settings.take("per.second", 500);
        int warmup = settings.take("warmup.seconds", 20);
        int seconds = settings.take("seconds", 30);
        settings.nothingElse();
        GatewayLatency.Measured measured = GatewayLatency.run(perSecond, warmup, seconds);
        print(perSecond + "/s directly", measured.direct());
        print(perSecond + "/s through the gateway", measured.through());
        System.out.println(measured.undecided() + " not decided in time or failed");
    }

    private static void print(String what, Histogram micros) {
        System.out.printf(
                "%s: p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, max %.2f ms%n",
                what,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(90) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3);
    }

    private static void throughput(Settings settings) throws InterruptedException {
        Workload workload = workload(settings, 100_000);
        int batch = settings.take("batch", 1);
        int warmup = settings.take("warmup", MILLION / 2);
        int events = settings.take("events", MILLION);
        double floor = settings.take("floor", 0.0);
        Map<String, String> enforcer = settings.rest();
        Throughput.Measured measured = floor > 0
                ? Throughput.floor(workload, batch, floor, enforcer, warmup, events)
                : Throughput.run(workload, batch, enforcer, warmup, events);
        System.out.printf(
                "%s batch=%d %s: %s %.2f + broker %.2f = %.2f us CPU per decision, %.0f/s, %.1f%% denied, %.2f records%n",
                workload,
                batch,
                enforcer,
                floor > 0 ? "nothing but records" : "enforcer",
                measured.enforcer().micros(),
                measured.broker().micros(),
                measured.micros(),
                measured.perSecond(),
                measured.denied() * 100,
                measured.records());
        print("enforcer", measured.enforcer());
        print("broker", measured.broker());
    }

    private static void print(String process, Throughput.Share share) {
        share.threads().forEach((role, micros) -> System.out.printf("  %s's %s: %.2f us%n", process, role, micros));
    }

    private static void latency(Settings settings) throws InterruptedException {
        int rate = settings.take("rate", 20_000);
        Workload workload = workload(settings, rate);
        EndToEnd.Load load = new EndToEnd.Load(rate, settings.take("batch", 1), settings.take("feed.linger.ms", 1));
        int warmup = settings.take("warmup.seconds", 10);
        int seconds = settings.take("seconds", 20);
        Map<String, String> enforcer = settings.rest();
        EndToEnd.Both measured = EndToEnd.run(workload, load, enforcer, warmup, seconds);
        System.out.printf("%s %s %s%n", workload, load, enforcer);
        print("uncommitted", measured.uncommitted());
        print("committed", measured.committed());
        System.out.printf("  of the client's CPU %.1f us make the events up%n", measured.makingMicros());
    }

    private static void print(String reads, EndToEnd.Measured measured) {
        System.out.printf(
                "  %s reads: p50 %.1f p99 %.1f p99.9 %.1f ms, %.0f/s, %d missing; client %.1f + enforcer %.1f + broker %.1f"
                        + " = %.1f us CPU per event%n",
                reads,
                measured.latency().getValueAtPercentile(50) / 1e3,
                measured.latency().getValueAtPercentile(99) / 1e3,
                measured.latency().getValueAtPercentile(99.9) / 1e3,
                measured.perSecond(),
                measured.missing(),
                measured.costs().client(),
                measured.costs().enforcer(),
                measured.costs().broker(),
                measured.costs().all());
    }

    private static Workload workload(Settings settings, int eventsPerSecond) {
        return new Workload(
                settings.take("policy", "four"),
                settings.take("keys", MILLION),
                settings.take("keys.distribution", "zipf").equals("zipf"),
                settings.take("events.per.second", eventsPerSecond));
    }
}
