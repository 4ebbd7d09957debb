package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A finished run of the program in a process of its own.
 *
 * @param out what it printed
 * @param err what else it said
 */
public record Program(int exitCode, String out, String err) {

    /** The program with those arguments, to be started. Programs of tests that run side by side don't share a port. */
    public static ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A program that runs for seconds is not worth the second compiler's time.
        command.add("-XX:TieredStopAtLevel=1");
        if (Runtime.version().feature() >= 24) {
            // As the launcher and the jar have it: newer Javas warn of what the libraries do.
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.weir.app.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("WEIR_ADMIN_LISTEN", "127.0.0.1:0");
        return builder;
    }

    /** Runs it to its end. */
    public static Program run(Path folder, String... arguments) throws Exception {
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = builder(arguments).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        try (InputStream out = process.getInputStream()) {
            String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return new Program(process.exitValue(), printed, Files.readString(err));
        }
    }
}
