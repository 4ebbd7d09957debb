package io.weir.app.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** nginx with {@code examples/nginx/weir.conf} inside the least of a main configuration. */
class NginxIT extends ServerInFront {
    private static final String MAIN = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log error.log;
            events {}
            http {
                access_log off;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                include weir.conf;
            }
            """;

    @BeforeAll
    static void shouldHaveNginx() {
        ServerProcess.require("nginx");
    }

    @Override
    ServerProcess start(Path in, InetSocketAddress gateway, InetSocketAddress api) throws IOException {
        int port = ServerProcess.freePort();
        Files.writeString(in.resolve("weir.conf"), ServerProcess.example("nginx/weir.conf", gateway, api, port));
        Files.writeString(in.resolve("nginx.conf"), MAIN);
        String main = in.resolve("nginx.conf").toString();
        return ServerProcess.start(
                in, port, List.of(ServerProcess.require("nginx"), "-p", in.toString(), "-e", "error.log", "-c", main));
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
