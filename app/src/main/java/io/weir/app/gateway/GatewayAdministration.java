package io.weir.app.gateway;

import io.weir.app.UserException;
import io.weir.app.admin.AdminServer;
import io.weir.app.admin.AdminTokens;
import io.weir.app.admin.HealthEndpoints;
import io.weir.app.admin.MetricsEndpoint;
import io.weir.app.answer.Answering;
import io.weir.edge.EdgeNode;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** What is served beside a gateway: whether it is alive, whether requests are decided through it, its metrics. */
public final class GatewayAdministration implements AutoCloseable {
    private final MetricsEndpoint endpoint = new MetricsEndpoint();
    private final GatewayReadiness readiness;
    private final GatewayMetrics metrics;
    private final AdminServer server;

    private GatewayAdministration(
            InetSocketAddress listen,
            AdminTokens tokens,
            EdgeNode edge,
            String domain,
            Collection<String> governed,
            Supplier<List<String>> also) {
        this.readiness = new GatewayReadiness(edge, domain, also);
        this.metrics = new GatewayMetrics(endpoint.registry(), edge, governed);
        metrics.ready(readiness);
        this.server = AdminServer.start(listen, tokens, List.of(new HealthEndpoints(readiness::reasons), endpoint));
    }

    /**
     * Begins to listen.
     *
     * @param listen port 0 is any free one
     * @param tokens who may ask; none is right only on the loopback interface
     * @param domain of requests that name no other
     * @param governed domains whose decisions are counted by name from the start
     * @param also why else the gateway may not be ready
     * @throws UserException when somebody else listens there, the address is not one of this machine, or others could
     *     ask without a token
     */
    public static GatewayAdministration start(
            InetSocketAddress listen,
            AdminTokens tokens,
            EdgeNode edge,
            String domain,
            Collection<String> governed,
            Supplier<List<String>> also) {
        return new GatewayAdministration(listen, tokens, edge, domain, governed, also);
    }

    /** Hears of decisions. */
    public Answering.Onlooker decisions() {
        return metrics;
    }

    /** Hears of requests. */
    public RequestOnlooker requests() {
        return metrics;
    }

    /** The gateway is about to stop: it is not ready any more. */
    public void draining() {
        readiness.draining();
    }

    /** Where to ask on this machine. */
    public String url() {
        return server.url();
    }

    @Override
    public void close() {
        server.close();
        endpoint.close();
    }
}
