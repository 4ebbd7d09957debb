package io.weir.benchmarks;

import java.util.Arrays;

/** Entry point of the benchmarks; {@code benchmarks/run.sh} calls it. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        String what = args.length == 0 ? "" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        switch (what) {
            case "jmh" -> org.openjdk.jmh.Main.main(rest);
            default -> {
                System.err.println("expected jmh, found '" + what + "'");
                System.exit(2);
            }
        }
    }
}
