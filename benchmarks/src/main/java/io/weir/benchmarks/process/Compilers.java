package io.weir.benchmarks.process;

import java.util.List;
import java.util.stream.Stream;

/**
 * Whether the compilers of some virtual machines are done with what is hot. A server has them behind it after some minutes;
 * what is measured before is partly theirs, on a slow machine a third of it. For one thread.
 */
public final class Compilers {
    /** Cores that compilers of a process take when what they still do is not worth waiting for. */
    private static final double QUIET = 0.05;

    private final List<Long> processes;
    private final long[] micros;
    private long nanoTime;

    private Compilers(List<Long> processes) {
        this.processes = processes;
        this.micros = new long[processes.size()];
        quiet();
    }

    public static Compilers of(Child... processes) {
        return new Compilers(Stream.of(processes).map(Child::pid).toList());
    }

    /** Those of this process, too. */
    public static Compilers ofThisAnd(Child other) {
        return new Compilers(List.of(ProcessHandle.current().pid(), other.pid()));
    }

    /** Whether since this was last asked, a second or more ago, the compilers of no process had much to do. */
    public boolean quiet() {
        long now = System.nanoTime();
        double most = (now - nanoTime) / 1e3 * QUIET;
        boolean quiet = true;
        for (int i = 0; i < micros.length; i++) {
            long before = micros[i];
            micros[i] = Cpu.byThread(processes.get(i)).getOrDefault(Cpu.COMPILERS, 0L);
            quiet &= micros[i] - before <= most;
        }
        nanoTime = now;
        return quiet;
    }
}
