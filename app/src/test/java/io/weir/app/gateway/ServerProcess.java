package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of Debian's in a process of its own, with a configuration of the examples. */
final class ServerProcess implements AutoCloseable {
    private static final Path EXAMPLES = Path.of("../examples");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final InetSocketAddress address;

    private ServerProcess(Process process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /** Ends the test, as skipped, where the program is not installed. */
    static String require(String program) {
        Optional<String> found = Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1)), Stream.of("/usr/sbin"))
                .map(folder -> folder + "/" + program)
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst();
        assumeTrue(found.isPresent(), program + " is not installed");
        return found.orElseThrow();
    }

    /**
     * An example with the addresses of a test in the places of its own: the gateway's 127.0.0.1:8080, the API's 127.0.0.1:3000
     * and the server's port 8000.
     */
    static String example(String file, InetSocketAddress gateway, InetSocketAddress api, int port) throws IOException {
        String text = Files.readString(EXAMPLES.resolve(file));
        assertThat(text).as(file).contains("127.0.0.1:8080", "127.0.0.1:3000", ":8000");
        return text.replace("127.0.0.1:8080", "127.0.0.1:" + gateway.getPort())
                .replace("127.0.0.1:3000", "127.0.0.1:" + api.getPort())
                .replace(":8000", ":" + port);
    }

    static String example(String file) throws IOException {
        return Files.readString(EXAMPLES.resolve(file));
    }

    /** A port that nobody listens on at the moment. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts a server and waits until it listens on that port. */
    static ServerProcess start(Path folder, int port, List<String> command) throws IOException {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("HOME", folder.toString());
        Process process = builder.start();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            await(String.join(" ", command))
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !process.isAlive() || listens(address));
            assertThat(process.isAlive())
                    .as("%s: %s", command, Files.readString(output))
                    .isTrue();
        } catch (Throwable failed) {
            process.destroyForcibly();
            throw failed;
        }
        return new ServerProcess(process, address);
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
