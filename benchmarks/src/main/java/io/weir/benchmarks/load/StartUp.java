package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Folders;
import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long {@code weir run} takes, from the start of its process until embedded broker, enforcer and shipped policies are there
 * and requests are decided: with an empty folder, and with what it left there.
 */
public final class StartUp {
    private static final String PROGRAM = "./weir";
    private static final int RUNS = 5;
    private static final int CLOSING_SECONDS = 60;

    private StartUp() {}

    public static void measure(Size size, Report report) throws IOException, InterruptedException {
        // Built, and its classes archived, if they are not, and not as part of what is measured.
        new ProcessBuilder(PROGRAM, "run", "--help").inheritIO().start().waitFor();
        List<Double> empty = new ArrayList<>();
        List<Double> again = new ArrayList<>();
        for (int run = 0; run < size.of(RUNS); run++) {
            Path data = Files.createTempDirectory("weir-start");
            empty.add(seconds(data));
            again.add(seconds(data));
            Folders.delete(data);
        }
        String section = "weir run, from the start of the process until requests are decided";
        report.add(new Row("start.empty", section, "with nothing", "s", empty));
        report.add(new Row("start.again", section, "with its folder of last time", "s", again));
    }

    private static double seconds(Path data) throws IOException, InterruptedException {
        long began = System.nanoTime();
        Process process = new ProcessBuilder(PROGRAM, "run", "--data=" + data, "--port=0", "--admin-listen=127.0.0.1:0")
                .redirectErrorStream(true)
                .start();
        StringBuilder said = new StringBuilder();
        try {
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.contains("deciding requests")) {
                    return (System.nanoTime() - began) / 1e9;
                }
                said.append(line).append('\n');
            }
            throw new IllegalStateException("expected weir run to decide requests, but it ended and said: " + said);
        } finally {
            process.destroy();
            if (!process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
