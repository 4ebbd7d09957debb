package io.weir.app.gateway;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;
import io.weir.app.UserException;
import io.weir.app.answer.Answering;
import io.weir.app.identity.Target;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A reverse proxy that asks before it passes a request on, or asks for other proxies that do. Speaks HTTP/1.1 and HTTP/2 (without TLS: h2c). */
public final class Gateway implements AutoCloseable {
    /** The longest request line, in bytes; longer ones are answered 414. */
    static final int MAX_LINE = 8 * 1024;

    /** All of a request's headers, in bytes; more are answered 431. */
    static final int MAX_HEADERS = 32 * 1024;

    /** How long nobody asked before it is taken that all is done; 0 would not wait for requests in flight. */
    private static final long QUIET_MS = 1;

    private static final String REFUSED = "refused";

    /** What has become of a request: {@code passed} or {@code denied}. */
    private static final AttributeKey<String> OUTCOME = AttributeKey.valueOf(Gateway.class, "outcome");

    private final Server server;
    private final @Nullable Upstream upstream;
    private final InetSocketAddress address;
    private volatile boolean draining;

    private Gateway(
            GatewayConfig config,
            Answering answering,
            UnaryOperator<String> tokens,
            @Nullable Checks checks,
            RequestOnlooker onlooker) {
        HeaderSpelling spelling = new HeaderSpelling();
        AnswerWriter writer = new AnswerWriter(spelling);
        ServerBuilder services = Server.builder();
        URI passTo = config.upstream();
        if (passTo == null) {
            this.upstream = null;
        } else {
            this.upstream = new Upstream(passTo, config.upstreamTimeout(), spelling);
            services.serviceUnder(
                    "/",
                    new GatewayService(
                            answering,
                            upstream,
                            new Forwarding(config.proxies(), passTo.getRawAuthority(), config.preserveHost()),
                            new AdminUsage(config.admin(), config.adminToken(), tokens),
                            writer,
                            config.lenientPaths()));
        }
        if (checks != null) {
            services.service("exact:" + checks.path(), new ForwardAuth(checks, writer, config.lenientPaths()));
            services.service("exact:" + checks.path() + "/answer", new CarriedAnswers(checks.proxies(), writer));
        }
        this.server = services.port(new ServerPort(config.listen(), SessionProtocol.HTTP))
                .decorator((delegate, context, request) -> {
                    if (draining) {
                        var unused = context.initiateConnectionShutdown();
                    }
                    return delegate.serve(context, request);
                })
                .absoluteUriTransformer(Target::origin)
                .errorHandler(new ProblemErrors(status -> onlooker.answered(REFUSED, status)))
                .http1HeaderNaming(spelling)
                .http1MaxInitialLineLength(MAX_LINE)
                .http1MaxHeaderSize(MAX_HEADERS)
                .http2MaxHeaderListSize(MAX_HEADERS)
                .maxRequestLength(0)
                .requestTimeoutMillis(0)
                .gracefulShutdownTimeoutMillis(
                        QUIET_MS, Math.max(QUIET_MS, config.drain().toMillis()))
                .disableServerHeader()
                .accessLogWriter(
                        log -> onlooker.answered(
                                outcome(log), log.responseStatus().code()),
                        false)
                .build();
        this.address = listen(config.listen());
    }

    /**
     * Begins to listen.
     *
     * @param checks where other servers ask, or null where none does
     * @param tokens from a token to what stands for it in events
     * @param onlooker hears of each request when it has been answered
     * @throws UserException when somebody else listens there, or the address is not one of this machine
     */
    public static Gateway start(
            GatewayConfig config,
            Answering answering,
            UnaryOperator<String> tokens,
            @Nullable Checks checks,
            RequestOnlooker onlooker) {
        if (config.upstream() == null && checks == null) {
            throw new IllegalArgumentException(
                    "gateway: expected an upstream to pass requests on to, or a path where other servers ask, found"
                            + " neither");
        }
        return new Gateway(config, answering, tokens, checks, onlooker);
    }

    /** A gateway of whose requests nobody hears. */
    public static Gateway start(
            GatewayConfig config, Answering answering, UnaryOperator<String> tokens, @Nullable Checks checks) {
        return start(config, answering, tokens, checks, RequestOnlooker.NONE);
    }

    /** A gateway that nobody else asks. */
    public static Gateway start(GatewayConfig config, Answering answering, UnaryOperator<String> tokens) {
        return start(config, answering, tokens, null);
    }

    private static String outcome(RequestLog log) {
        String outcome = log.context().attr(OUTCOME);
        return outcome == null ? REFUSED : outcome;
    }

    /** Says what has become of a request. */
    static void outcome(ServiceRequestContext context, boolean passes) {
        context.setAttr(OUTCOME, passes ? "passed" : "denied");
    }

    private InetSocketAddress listen(InetSocketAddress at) {
        try {
            server.start().join();
        } catch (CompletionException failed) {
            closeUpstream();
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
        closeUpstream();
    }

    private void closeUpstream() {
        if (upstream != null) {
            upstream.close();
        }
    }
}
