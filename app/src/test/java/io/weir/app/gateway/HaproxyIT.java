package io.weir.app.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** HAProxy with {@code examples/haproxy/haproxy.cfg} and its Lua script. */
class HaproxyIT extends ServerInFront {
    @BeforeAll
    static void shouldHaveHaproxy() {
        ServerProcess.require("haproxy");
    }

    @Override
    ServerProcess start(Path in, InetSocketAddress gateway, InetSocketAddress api) throws IOException {
        int port = ServerProcess.freePort();
        Files.writeString(in.resolve("haproxy.cfg"), ServerProcess.example("haproxy/haproxy.cfg", gateway, api, port));
        Files.writeString(in.resolve("weir.lua"), ServerProcess.example("haproxy/weir.lua"));
        return ServerProcess.start(in, port, List.of(ServerProcess.require("haproxy"), "-db", "-f", "haproxy.cfg"));
    }

    @Override
    String nexudusReason() {
        return "You must wait before accessing this url again.";
    }

    @Override
    String statusWithoutGateway() {
        return "200 OK";
    }
}
