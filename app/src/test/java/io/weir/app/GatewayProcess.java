package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code weir gateway} in a process of its own, on free ports. */
final class GatewayProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final List<String> printed = new ArrayList<>();

    private GatewayProcess(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts it in that folder and waits until it serves. */
    static GatewayProcess start(Path folder, String... options) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("gateway", "--grpc-listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"));
        arguments.addAll(List.of(options));
        Path err = folder.resolve("err");
        GatewayProcess gateway = new GatewayProcess(Program.builder(arguments.toArray(String[]::new))
                .directory(folder.toFile())
                .redirectError(err.toFile())
                .start());
        String last = "";
        while (last != null && !last.equals("weir: Ctrl-C stops")) {
            last = gateway.out.readLine();
            assertThat(last).as(() -> gateway.printed + "\n" + text(err)).isNotNull();
            gateway.printed.add(last);
        }
        return gateway;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    /** How it is called in the list of processes. */
    String commandLine() {
        return process.info().commandLine().orElse("");
    }

    /** What it printed until it served. */
    List<String> printed() {
        return printed;
    }

    /** The URL in the line that begins so. */
    String url(String beginning) {
        String line = printed.stream()
                .filter(each -> each.startsWith(beginning))
                .findFirst()
                .orElseThrow();
        String url = line.substring(line.indexOf("http://"));
        int end = url.indexOf(' ');
        return end < 0 ? url : url.substring(0, end);
    }

    /** Stops it as a service manager does, and returns what it printed meanwhile. */
    List<String> stop() throws InterruptedException {
        process.toHandle().destroy();
        assertThat(process.waitFor(LiveCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return out.lines().toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
