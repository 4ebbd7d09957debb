package io.weir.benchmarks.process;

import io.weir.benchmarks.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A Java process of its own with this process's class path. It says on its standard output when it is ready, in one line,
 * answers each byte of its standard input with another, and ends when that does.
 */
public final class Child implements AutoCloseable {
    private static final int CLOSING_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final String ready;

    private Child(Process process, BufferedReader out, String ready) {
        this.process = process;
        this.out = out;
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
        List<String> command = command(options, main, List.of(args));
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
            return new Child(process, out, ready);
        } catch (IOException cannot) {
            throw new UncheckedIOException("expected to start " + command, cannot);
        }
    }

    /** What starts {@code main} in a process with this one's class path, and with the compilers that this one has. */
    public static List<String> command(List<String> options, Class<?> main, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String own : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (own.startsWith("-XX:TieredStopAtLevel=")) {
                command.add(own);
            }
        }
        command.addAll(options);
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(args);
        return command;
    }

    /** In the child: says that it is ready, and returns when the parent wants it to end. */
    public static void serve(String ready) throws IOException {
        serve(ready, () -> "");
    }

    /** In the child: the same, and says what it knows in one line whenever the parent asks. */
    public static void serve(String ready, Supplier<String> answer) throws IOException {
        System.out.println(ready);
        for (int asked = System.in.read(); asked >= 0; asked = System.in.read()) {
            System.out.println(answer.get());
        }
    }

    /** Asks it for what it knows. */
    public String ask() {
        try {
            process.getOutputStream().write('?');
            process.getOutputStream().flush();
            return String.valueOf(out.readLine());
        } catch (IOException gone) {
            throw new UncheckedIOException("expected process " + process.pid() + " to answer", gone);
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
