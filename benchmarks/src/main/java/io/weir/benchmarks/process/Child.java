package io.weir.benchmarks.process;

import io.weir.benchmarks.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Java process of its own with this process's class path. It says on its standard output when it is ready, in one line,
 * and ends when its standard input does.
 */
public final class Child implements AutoCloseable {
    private static final int CLOSING_SECONDS = 60;

    private final Process process;
    private final String ready;

    private Child(Process process, String ready) {
        this.process = process;
        this.ready = ready;
    }

    /**
     * Starts {@code Main args} and waits for its line.
     *
     * @param log where its standard error is appended
     * @param options for the Java machine
     */
    public static Child start(Path log, List<String> options, String... args) {
        return start(log, options, Main.class, args);
    }

    /** The same with another main class. */
    public static Child start(Path log, List<String> options, Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String ready = out.readLine();
            if (ready == null) {
                throw new IllegalStateException(
                        "expected " + String.join(" ", args) + " to start, but it ended: see " + log);
            }
            return new Child(process, ready);
        } catch (IOException cannot) {
            throw new UncheckedIOException("expected to start " + command, cannot);
        }
    }

    /** In the child: says that it is ready, and returns when the parent wants it to end. */
    public static void serve(String ready) throws IOException {
        System.out.println(ready);
        while (System.in.read() >= 0) {
            // Only the end matters.
        }
    }

    /** What it said when it was ready. */
    public String ready() {
        return ready;
    }

    public long pid() {
        return process.pid();
    }

    /** CPU time so far, in microseconds. */
    public long cpuMicros() {
        return Cpu.micros(process.pid());
    }

    /** CPU time so far by what its threads do, in microseconds. */
    public Map<String, Long> cpuByThread() {
        return Cpu.byThread(process.pid());
    }

    /** Ends it as a crash would: at once, nothing is written. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException | InterruptedException hurry) {
            process.destroyForcibly();
        }
    }
}
