package io.weir.app.admin;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import io.weir.app.UserException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * The HTTP server beside an enforcer or a gateway. It listens before there is an enforcer, so that its port is known
 * (others of the group are told) and somebody who asks meanwhile hears that it is starting; {@link #serve} adds what there
 * is to say.
 */
public final class AdminServer implements AutoCloseable {
    private final Server server;
    private final InetSocketAddress address;
    private final AdminTokens tokens;

    private AdminServer(Server server, InetSocketAddress address, AdminTokens tokens) {
        this.server = server;
        this.address = address;
        this.tokens = tokens;
    }

    /**
     * Begins to listen.
     *
     * @param listen port 0 is any free one
     * @param tokens who may ask; none lets everybody who reaches it
     * @throws UserException when somebody else listens there, the address is not one of this machine, or others could
     *     ask without a token
     */
    public static AdminServer start(InetSocketAddress listen, AdminTokens tokens, List<Endpoints> endpoints) {
        String where = "admin server on " + listen.getHostString() + ":" + listen.getPort();
        if (listen.isUnresolved()) {
            throw UserException.wrongUsage(where + ": expected an address of this machine, found an unknown host name");
        }
        if (tokens.isEmpty() && !listen.getAddress().isLoopbackAddress()) {
            throw UserException.wrongUsage(where + ": expected an address of the loopback interface, or --admin-tokens"
                    + " FILE to say who may ask, found neither: whoever reaches it would see who uses what");
        }
        ServerBuilder builder = Server.builder().port(new ServerPort(listen, SessionProtocol.HTTP));
        configure(builder, tokens, endpoints);
        Server server = builder.build();
        try {
            server.start().join();
        } catch (CompletionException failed) {
            throw UserException.failed(
                    where + ": expected a free port of this machine, found " + failed.getCause()
                            + "; another one: --admin-listen HOST:PORT",
                    failed);
        }
        ServerPort bound = server.activePort();
        if (bound == null) {
            throw new IllegalStateException("a server that has started has a port");
        }
        return new AdminServer(server, bound.localAddress(), tokens);
    }

    private static void configure(ServerBuilder builder, AdminTokens tokens, List<Endpoints> endpoints) {
        builder.errorHandler(new ProblemErrors());
        builder.decorator(new Authentication(tokens));
        builder.gracefulShutdownTimeoutMillis(0, 1_000);
        endpoints.forEach(each -> each.addTo(builder));
    }

    /** Puts these endpoints in place of those before. */
    void serve(List<Endpoints> endpoints) {
        server.reconfigure(builder -> configure(builder, tokens, endpoints));
    }

    /** Where it listens; the port is the real one. */
    InetSocketAddress address() {
        return address;
    }

    /** Where to ask on this machine. */
    public String url() {
        return "http://" + text(address.getAddress().getHostAddress(), address.getPort());
    }

    static String text(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** Begins to stop: connections are refused at once; Netty's threads end two quiet seconds later by themselves. */
    @Override
    public void close() {
        var unused = server.stop();
    }
}
