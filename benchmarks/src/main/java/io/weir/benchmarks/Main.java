package io.weir.benchmarks;

import io.weir.benchmarks.edge.Accuracy;
import io.weir.benchmarks.edge.Propagation;
import io.weir.benchmarks.load.GatewayLatency;
import io.weir.benchmarks.load.Throughput;
import io.weir.benchmarks.load.Workload;
import io.weir.benchmarks.process.Roles;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Entry point of the benchmarks; {@code benchmarks/run.sh} calls it. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        String what = args.length == 0 ? "" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        switch (what) {
            case "jmh" -> org.openjdk.jmh.Main.main(rest);
            case "state", "latency", "peers" -> new Single(settings(rest)).run(what);
            case "quick", "full" -> new Suite(what.equals("full")).run();
            case "throughput" -> throughput(settings(rest));
            case "gateway" -> gateway(settings(rest));
            case "accuracy" -> Accuracy.run(settings(rest));
            case "propagation" -> Propagation.run(settings(rest));
            case "broker" -> Roles.runBroker(rest[0]);
            case "enforcer" -> Roles.runEnforcer(List.of(rest));
            case "upstream" -> Roles.runUpstream();
            default -> {
                System.err.println(
                        "expected quick, full, jmh, throughput, latency, state, peers, gateway, accuracy or propagation, found '"
                                + what + "'");
                System.exit(2);
            }
        }
    }

    private static Map<String, String> settings(String[] args) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("expected name=value, found '" + arg + "'");
            }
            settings.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
        return settings;
    }

    /** One run, its parameters and any settings of the enforcer as {@code name=value}. */
    private static void throughput(Map<String, String> settings) throws InterruptedException {
        Map<String, String> rest = new LinkedHashMap<>(settings);
        Workload workload = new Workload(
                take(rest, "policy", "four"),
                Integer.parseInt(take(rest, "keys", "1000000")),
                take(rest, "keys.distribution", "zipf").equals("zipf"),
                Integer.parseInt(take(rest, "events.per.second", "100000")));
        int batch = Integer.parseInt(take(rest, "batch", "1"));
        int warmup = Integer.parseInt(take(rest, "warmup", "500000"));
        int events = Integer.parseInt(take(rest, "events", "1000000"));
        Throughput.Measured measured = Throughput.run(workload, batch, rest, warmup, events);
        System.out.printf(
                "%s batch=%d %s: enforcer %.2f + broker %.2f = %.2f us CPU per decision, %.0f/s, %.1f%% denied%n",
                workload,
                batch,
                rest,
                measured.enforcerMicros(),
                measured.brokerMicros(),
                measured.micros(),
                measured.perSecond(),
                measured.denied() * 100);
        measured.threads().forEach((role, micros) -> System.out.printf("  enforcer's %s: %.2f us%n", role, micros));
    }

    /** What a gateway adds to a request. */
    private static void gateway(Map<String, String> settings) throws InterruptedException {
        Map<String, String> rest = new LinkedHashMap<>(settings);
        int perSecond = Integer.parseInt(take(rest, "per.second", "500"));
        int warmup = Integer.parseInt(take(rest, "warmup.seconds", "20"));
        int seconds = Integer.parseInt(take(rest, "seconds", "30"));
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected per.second, warmup.seconds or seconds, found " + rest.keySet());
        }
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

    private static String take(Map<String, String> settings, String name, String otherwise) {
        String value = settings.remove(name);
        return value == null ? otherwise : value;
    }
}
