package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client in another language: a script of the test resources in a process of its own. */
final class ClientScript implements AutoCloseable {
    private static final Path SCRIPTS = Path.of("src/test/resources/vendors");

    private final Process process;
    private final BufferedReader output;

    private ClientScript(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts it; ends the test, as skipped, where what runs it is not installed. */
    static ClientScript start(String script, String... arguments) throws IOException, InterruptedException {
        boolean python = script.endsWith(".py");
        String program = python ? "python3" : "node";
        assumeTrue(
                runs(program, python ? "-c" : "-e", python ? "import requests" : "fetch"),
                python ? "python3 with requests is not installed" : "node with fetch is not installed");
        List<String> command =
                new ArrayList<>(List.of(program, SCRIPTS.resolve(script).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder started = new ProcessBuilder(command).redirectErrorStream(true);
        started.environment().put("NO_PROXY", "127.0.0.1");
        return new ClientScript(started.start());
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /** The next line that it prints. */
    String line() throws IOException {
        return String.valueOf(output.readLine());
    }

    /** What else it prints until it has ended well. */
    List<String> rest() throws IOException, InterruptedException {
        List<String> lines = output.lines().toList();
        assertThat(process.waitFor(VendorApi.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(process.exitValue()).as("%s", lines).isZero();
        return lines;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
    }
}
