package io.weir.benchmarks.chaos;

import io.weir.benchmarks.process.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Java process that can be started again and again, killed, frozen and asked to end. What it prints and says is appended
 * to a log.
 */
final class Node {
    private static final int ENDING_S = 60;

    private final String name;
    private final Path log;
    private final String ready;
    private final List<String> command;
    private @Nullable Process process;
    private CountDownLatch started = new CountDownLatch(1);
    private boolean wanted;

    /** With what the first start is made, where that is another version. */
    private @Nullable String firstClassPath;

    /** @param ready what a line of its output contains once it has started */
    Node(String name, Path log, String ready, List<String> options, Class<?> main, List<String> args) {
        this.name = name;
        this.log = log;
        this.ready = ready;
        this.command = Child.command(options, main, args);
    }

    /** Starts another version the first time: a rolling restart is then an upgrade. */
    void firstFrom(String classPath) {
        firstClassPath = classPath;
    }

    private List<String> command() {
        List<String> now = new ArrayList<>(command);
        if (firstClassPath != null) {
            now.set(now.indexOf("-cp") + 1, firstClassPath);
            firstClassPath = null;
        }
        return now;
    }

    /** Starts it; {@link #ready} tells when it has started. */
    void start() {
        wanted = true;
        CountDownLatch latch = new CountDownLatch(1);
        started = latch;
        Process begun;
        try {
            begun = new ProcessBuilder(command())
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException cannot) {
            throw new UncheckedIOException(name, cannot);
        }
        process = begun;
        BufferedReader out = new BufferedReader(new InputStreamReader(begun.getInputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(
                () -> out.lines().filter(line -> line.contains(ready)).forEach(line -> latch.countDown()), name);
        reader.setDaemon(true);
        reader.start();
    }

    private Process process() {
        return Objects.requireNonNull(process, name);
    }

    boolean ready() {
        return started.getCount() == 0 && process().isAlive();
    }

    /** Whether it has ended though nobody wanted it to. */
    boolean fallen() {
        return wanted && !process().isAlive();
    }

    boolean running() {
        return wanted;
    }

    /** Ends it as a crash would: at once, nothing is written. */
    void kill() throws InterruptedException {
        wanted = false;
        process().destroyForcibly().waitFor();
    }

    /** The same, without waiting. */
    void destroy() {
        wanted = false;
        process().destroyForcibly();
    }

    /** Asks it to end; what does not within a minute is killed. Returns how long it took, in milliseconds. */
    long end() throws InterruptedException {
        wanted = false;
        long begin = System.nanoTime();
        process().destroy();
        if (!process().waitFor(ENDING_S, TimeUnit.SECONDS)) {
            process().destroyForcibly().waitFor();
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    /** Stops it where it stands. */
    void freeze() throws Exception {
        signal("-STOP");
    }

    /** Lets it go on, unaware of the time that has passed. */
    void wake() throws Exception {
        signal("-CONT");
    }

    private void signal(String signal) throws Exception {
        Process kill =
                new ProcessBuilder("kill", signal, Long.toString(process().pid())).start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException(name + ": expected to be sent " + signal);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
