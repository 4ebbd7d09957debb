package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.admin.AdminTokens;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that run an enforcer. */
final class EnforcerOptions {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./data",
            description = "Where state and the embedded broker keep their data (default: ./data).")
    private Path data = Path.of("./data");

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Port of the embedded broker on 127.0.0.1; 0 is any free one (default: 9092).")
    private int port = 9092;

    @Option(
            names = "--policies",
            paramLabel = "DIR",
            description = "Folder of policies to put in force (default: policies/ here or beside the program).")
    private Path policies = Path.of("policies");

    @Option(
            names = {"--admin-listen", "--listen"},
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8090",
            converter = Addresses.class,
            description = "Where the admin API listens; :PORT is every address, port 0 any free one"
                    + " (default: 127.0.0.1:8090).")
    private InetSocketAddress adminListen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8090);

    @Option(
            names = "--admin-advertised",
            paramLabel = "HOST:PORT",
            converter = Addresses.class,
            description = "Where other enforcers of the group reach it (default: where it listens).")
    private @Nullable InetSocketAddress adminAdvertised;

    @Option(
            names = "--admin-tokens",
            paramLabel = "FILE",
            description =
                    "Who may use the admin API: lines of NAME read|operate TOKEN. Needed to listen on an address that"
                            + " others reach.")
    private @Nullable Path adminTokens;

    @Option(names = "--no-admin", description = "Don't serve the admin API: no usage, metrics or health checks.")
    private boolean noAdmin;

    ClusterOptions cluster() {
        return cluster;
    }

    Path data() {
        return data;
    }

    int port() {
        if (port < 0 || port > 65_535) {
            throw UserException.wrongUsage("--port: expected a port from 0 to 65535, found " + port);
        }
        return port;
    }

    Path policies() {
        return policies;
    }

    /** Null is nowhere. */
    @Nullable
    InetSocketAddress adminListen() {
        return noAdmin ? null : adminListen;
    }

    AdminTokens adminTokens() {
        return adminTokens == null ? AdminTokens.NONE : AdminTokens.read(adminTokens);
    }

    @Nullable
    InetSocketAddress adminAdvertised() {
        if (adminAdvertised != null
                && !adminAdvertised.isUnresolved()
                && adminAdvertised.getAddress().isAnyLocalAddress()) {
            throw UserException.wrongUsage(
                    "--admin-advertised: expected an address under which others reach this machine, found "
                            + Addresses.text(adminAdvertised));
        }
        return adminAdvertised;
    }
}
