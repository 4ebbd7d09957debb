package io.weir.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of a process, user and system, all threads, from {@code /proc/<pid>/stat}: Linux only, in steps of 10 ms. */
public final class Cpu {
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
        // The name, in parentheses, may hold anything; fields after it begin with the state, field 3.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
    }

    /** CPU time of this process so far, in microseconds. */
    public static long own() {
        return micros(ProcessHandle.current().pid());
    }
}
