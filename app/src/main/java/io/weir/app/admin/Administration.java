package io.weir.app.admin;

import io.weir.app.UserException;
import io.weir.engine.Decision;
import io.weir.topology.Enforcer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All that is served beside an enforcer, put together: first without it, then with it, then as it decides. */
public final class Administration implements AutoCloseable {
    private final InstantSource clock;
    private final Readiness readiness = new Readiness();
    private final HealthEndpoints health = new HealthEndpoints(readiness::reasons);
    private final MetricsEndpoint endpoint = new MetricsEndpoint();
    private final EnforcerMetrics metrics = new EnforcerMetrics(endpoint.registry());
    private final @Nullable AdminServer server;

    private Administration(@Nullable InetSocketAddress listen, AdminTokens tokens, InstantSource clock) {
        this.clock = clock;
        this.server = listen == null ? null : AdminServer.start(listen, tokens, List.of(health, endpoint));
    }

    /**
     * Begins to listen.
     *
     * @param listen null is nowhere: nothing is served
     * @param tokens who may ask; none is right only on the loopback interface
     * @param clock gives the time where a question names none
     * @throws UserException when somebody else listens there, the address is not one of this machine, or others could
     *     ask without a token
     */
    public static Administration start(@Nullable InetSocketAddress listen, AdminTokens tokens, InstantSource clock) {
        return new Administration(listen, tokens, clock);
    }

    /** The same on the loopback interface, for everybody on this machine. */
    public static Administration start(InetSocketAddress listen, InstantSource clock) {
        return new Administration(listen, AdminTokens.NONE, clock);
    }

    /** What counts the enforcer's decisions. */
    public Consumer<Decision> decisions() {
        return metrics.decisions();
    }

    /** There is an enforcer: what it knows is served. */
    public void serve(Enforcer enforcer) {
        readiness.enforcer(enforcer);
        metrics.enforcer(enforcer, readiness);
        if (server == null) {
            return;
        }
        server.serve(List.of(health, endpoint, new UsageEndpoints(enforcer, clock)));
    }

    /** The enforcer has what it needs to decide. */
    public void started() {
        readiness.started();
    }

    /** Where to ask on this machine; null where nothing is served. */
    public @Nullable String url() {
        return server == null ? null : server.url();
    }

    /**
     * {@code HOST:PORT} under which others reach this server: one that listens everywhere is reached under the machine's
     * address.
     *
     * @param named what the user says it is, or null
     * @return empty where nothing is served
     */
    public String advertised(@Nullable InetSocketAddress named) {
        if (server == null) {
            return "";
        }
        InetSocketAddress address = named == null ? server.address() : named;
        String host = address.getHostString();
        if (named == null && address.getAddress().isAnyLocalAddress()) {
            try {
                host = InetAddress.getLocalHost().getHostAddress();
            } catch (UnknownHostException unnamed) {
                throw UserException.failed(
                        "--admin-advertised: expected HOST:PORT, found none, and this machine does not know its"
                                + " address",
                        unnamed);
            }
        }
        return AdminServer.text(host, address.getPort());
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        metrics.close();
        endpoint.close();
    }
}
