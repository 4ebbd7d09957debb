package io.weir.app.gateway;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerPort;
import io.weir.app.UserException;
import io.weir.app.answer.Answering;
import io.weir.app.identity.Target;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/** A reverse proxy that asks before it passes a request on. Speaks HTTP/1.1 and HTTP/2 (without TLS: h2c). */
public final class Gateway implements AutoCloseable {
    /** The longest request line, in bytes; longer ones are answered 414. */
    static final int MAX_LINE = 8 * 1024;

    /** All of a request's headers, in bytes; more are answered 431. */
    static final int MAX_HEADERS = 32 * 1024;

    private final Server server;
    private final Upstream upstream;
    private final InetSocketAddress address;
    private volatile boolean draining;

    private Gateway(GatewayConfig config, Answering answering, UnaryOperator<String> tokens) {
        HeaderSpelling spelling = new HeaderSpelling();
        this.upstream = new Upstream(config.upstream(), config.upstreamTimeout(), spelling);
        GatewayService service = new GatewayService(
                answering,
                upstream,
                new Forwarding(config.proxies(), config.upstream().getRawAuthority(), config.preserveHost()),
                new AdminUsage(config.admin(), tokens),
                new AnswerWriter(spelling),
                config.lenientPaths());
        this.server = Server.builder()
                .port(new ServerPort(config.listen(), SessionProtocol.HTTP))
                .serviceUnder("/", service)
                .decorator((delegate, context, request) -> {
                    if (draining) {
                        var unused = context.initiateConnectionShutdown();
                    }
                    return delegate.serve(context, request);
                })
                .absoluteUriTransformer(Target::origin)
                .errorHandler(new ProblemErrors())
                .http1HeaderNaming(spelling)
                .http1MaxInitialLineLength(MAX_LINE)
                .http1MaxHeaderSize(MAX_HEADERS)
                .http2MaxHeaderListSize(MAX_HEADERS)
                .maxRequestLength(0)
                .requestTimeoutMillis(0)
                .gracefulShutdownTimeoutMillis(0, config.drain().toMillis())
                .disableServerHeader()
                .build();
        this.address = listen(config.listen());
    }

    /**
     * Begins to listen.
     *
     * @param tokens from a token to what stands for it in events
     * @throws UserException when somebody else listens there, or the address is not one of this machine
     */
    public static Gateway start(GatewayConfig config, Answering answering, UnaryOperator<String> tokens) {
        return new Gateway(config, answering, tokens);
    }

    private InetSocketAddress listen(InetSocketAddress at) {
        try {
            server.start().join();
        } catch (CompletionException failed) {
            upstream.close();
            throw UserException.failed(
                    "gateway on " + at.getHostString() + ":" + at.getPort()
                            + ": expected a free port of this machine, found " + failed.getCause()
                            + "; another one: --listen HOST:PORT",
                    failed);
        }
        ServerPort bound = server.activePort();
        if (bound == null) {
            throw new IllegalStateException("a server that has started has a port");
        }
        return bound.localAddress();
    }

    /** Where it listens; the port is the real one. */
    public InetSocketAddress address() {
        return address;
    }

    /** Lets requests in flight end, for as long as configured, telling clients to go elsewhere; then stops. */
    @Override
    public void close() {
        draining = true;
        server.stop().join();
        upstream.close();
    }
}
