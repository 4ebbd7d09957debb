package io.weir.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** CPU time of a process, user and system, all threads, from {@code /proc/<pid>/stat}: Linux only, in steps of 10 ms. */
public final class Cpu {
    /** What the compilers' time is called. */
    public static final String COMPILERS = "compilers";

    private static final long MICROS_PER_TICK = 10_000;

    private Cpu() {}

    /** CPU time so far, in microseconds. */
    public static long micros(long pid) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        } catch (IOException gone) {
            throw new UncheckedIOException("process " + pid + " is gone, or this is not Linux", gone);
        }
        return micros(stat);
    }

    private static long micros(String stat) {
        // The name, in parentheses, may hold anything; fields after it begin with the state, field 3.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
    }

    /**
     * CPU time so far by what threads do, in microseconds: an enforcer's {@code streams} and {@code producers}, a broker's
     * {@code requests} and {@code cleaner} of compacted topics, both's {@code compilers}, {@code collectors} and {@code other}.
     * Threads that have ended are missing.
     */
    public static Map<String, Long> byThread(long pid) {
        Map<String, Long> micros = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks) {
                String stat;
                try {
                    stat = Files.readString(task.resolve("stat"));
                } catch (IOException ended) {
                    continue;
                }
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                micros.merge(role(name), micros(stat), Long::sum);
            }
        } catch (IOException gone) {
            throw new UncheckedIOException("process " + pid + " is gone, or this is not Linux", gone);
        }
        return micros;
    }

    /** Linux keeps the first 15 letters of a name. */
    private static String role(String thread) {
        if (thread.startsWith("weir-")) {
            return "streams";
        }
        if (thread.startsWith("kafka-producer-")) {
            return "producers";
        }
        if (thread.startsWith("data-plane-")) {
            return "requests";
        }
        if (thread.startsWith("kafka-log-clean")) {
            return "cleaner";
        }
        if (thread.startsWith("C1 ") || thread.startsWith("C2 ")) {
            return COMPILERS;
        }
        return thread.startsWith("GC Thread") || thread.startsWith("G1 ") ? "collectors" : "other";
    }

    /** CPU time of this process so far, in microseconds. */
    public static long own() {
        return micros(ProcessHandle.current().pid());
    }
}
