package io.weir.app.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** Caddy with {@code examples/caddy/Caddyfile}. */
class CaddyIT extends ServerInFront {
    @BeforeAll
    static void shouldHaveCaddy() {
        ServerProcess.require("caddy");
    }

    @Override
    ServerProcess start(Path in, InetSocketAddress gateway, InetSocketAddress api) throws IOException {
        int port = ServerProcess.freePort();
        Files.writeString(in.resolve("Caddyfile"), ServerProcess.example("caddy/Caddyfile", gateway, api, port));
        return ServerProcess.start(
                in,
                port,
                List.of(ServerProcess.require("caddy"), "run", "--config", "Caddyfile", "--adapter", "caddyfile"));
    }

    /** Go's HTTP server knows the standard phrases only. */
    @Override
    String nexudusReason() {
        return "Conflict";
    }

    @Override
    String statusWithoutGateway() {
        return "502 Bad Gateway";
    }
}
