package io.weir.benchmarks;

import io.weir.benchmarks.capacity.Capacity;
import io.weir.benchmarks.load.Floor;
import io.weir.benchmarks.process.Roles;
import io.weir.benchmarks.report.Size;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Entry point of the benchmarks; {@code benchmarks/run.sh} calls it. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        String what = args.length == 0 ? "" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        try {
            run(what, rest);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(2);
        }
    }

    private static void run(String what, String[] rest) throws Exception {
        switch (what) {
            case "tiny", "quick", "full" -> suite(Size.valueOf(what.toUpperCase(Locale.ROOT)), List.of(rest));
            case "jmh" -> org.openjdk.jmh.Main.main(rest);
            case "throughput" -> Single.run(what, new Settings(rest));
            case "capacity" -> Capacity.print(new Settings(rest));
            case "broker" -> Roles.runBroker(rest[0]);
            case "enforcer" -> Roles.runEnforcer(List.of(rest));
            case "floor" -> Floor.run(List.of(rest));
            case "upstream" -> Roles.runUpstream();
            case "latency", "state", "gateway" -> {
                if (rest.length == 0) {
                    suite(Size.QUICK, List.of(what));
                } else {
                    Single.run(what, new Settings(rest));
                }
            }
            default -> suite(Size.QUICK, List.of(what));
        }
    }

    private static void suite(Size size, List<String> parts) throws Exception {
        if (!Suite.run(size, parts)) {
            System.exit(1);
        }
    }
}
