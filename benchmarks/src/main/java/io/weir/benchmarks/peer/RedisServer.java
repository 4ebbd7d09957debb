package io.weir.benchmarks.peer;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.weir.benchmarks.process.Cpu;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Redis server on a port of its own, without persistence; started and stopped here. */
final class RedisServer implements AutoCloseable {
    private static final int STARTS = 100;

    private final Process process;
    private final RedisClient client;

    private RedisServer(Process process, RedisClient client) {
        this.process = process;
        this.client = client;
    }

    /** Starts one, or says nothing where no {@code redis-server} is installed. */
    static Optional<RedisServer> start() throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process process;
        try {
            process = new ProcessBuilder(List.of(
                            "redis-server",
                            "--port",
                            Integer.toString(port),
                            "--bind",
                            "127.0.0.1",
                            "--save",
                            "",
                            "--appendonly",
                            "no"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException absent) {
            return Optional.empty();
        }
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
        for (int i = 0; i < STARTS; i++) {
            try {
                client.connect().close();
                return Optional.of(new RedisServer(process, client));
            } catch (RedisConnectionException notYet) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        process.destroy();
        throw new IllegalStateException("expected redis-server to answer on port " + port);
    }

    RedisClient client() {
        return client;
    }

    /** CPU time so far, in microseconds. */
    long cpuMicros() {
        return Cpu.micros(process.pid());
    }

    @Override
    public void close() {
        client.shutdown();
        process.destroy();
    }
}
