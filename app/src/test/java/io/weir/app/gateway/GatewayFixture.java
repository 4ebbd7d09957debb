package io.weir.app.gateway;

import io.weir.app.InMemoryDecider;
import io.weir.app.answer.Answering;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway before an upstream, on real sockets; decisions are made in memory, without a broker. */
final class GatewayFixture implements AutoCloseable {
    static final String NOON = "2026-01-01T12:00:00Z";
    private static final HttpClient HTTP_1 =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    static final HttpClient HTTP_2 =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

    final TestClock clock = new TestClock(NOON);
    final EchoUpstream upstream;
    final Gateway gateway;
    final List<Request> asked;
    private final InMemoryDecider decider;

    /** How a gateway may be set up. */
    static final class Setup {
        private final String yaml;
        private List<String> identities = List.of();
        private List<String> proxies = List.of();
        private @Nullable URI upstream;
        private boolean lenientPaths;
        private boolean preserveHost;
        private Duration upstreamTimeout = Duration.ofSeconds(20);

        private Setup(String yaml) {
            this.yaml = yaml;
        }

        Setup identities(String... configured) {
            identities = List.of(configured);
            return this;
        }

        Setup trusting(String... ranges) {
            proxies = List.of(ranges);
            return this;
        }

        Setup before(URI other) {
            upstream = other;
            return this;
        }

        Setup lenientPaths() {
            lenientPaths = true;
            return this;
        }

        Setup preservingHost() {
            preserveHost = true;
            return this;
        }

        Setup upstreamTimeout(Duration timeout) {
            upstreamTimeout = timeout;
            return this;
        }

        GatewayFixture start() throws IOException {
            return new GatewayFixture(this);
        }
    }

    /** A gateway on any free port that trusts no proxies and needs no admin API. */
    static GatewayConfig before(URI upstream) {
        return new GatewayConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                upstream,
                URI.create("http://127.0.0.1:1"),
                Duration.ofSeconds(20),
                Duration.ofSeconds(1),
                TrustedProxies.NONE,
                false,
                false);
    }

    static Setup given(String yaml) {
        return new Setup(yaml);
    }

    private GatewayFixture(Setup setup) throws IOException {
        decider = InMemoryDecider.of(setup.yaml);
        asked = decider.asked();
        upstream = EchoUpstream.start();
        TrustedProxies proxies = TrustedProxies.of(setup.proxies);
        GatewayConfig config = new GatewayConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                setup.upstream == null ? upstream.uri() : setup.upstream,
                URI.create("http://127.0.0.1:1"),
                setup.upstreamTimeout,
                Duration.ofSeconds(20),
                proxies,
                setup.lenientPaths,
                setup.preserveHost);
        Identities identities = Identities.of(setup.identities, proxies);
        Answering answering = new Answering(decider.domain(), decider, identities, clock, null);
        gateway = Gateway.start(config, answering, token -> token);
    }

    /** What would be decided on that request. */
    Decision decide(Request request) {
        return decider.decided(request);
    }

    /** Puts another policy in force. */
    void apply(String yaml) {
        decider.apply(yaml);
    }

    InetSocketAddress address() {
        return gateway.address();
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address().getPort() + target))
                .timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> get(String target, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(target);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HTTP_1.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        gateway.close();
        upstream.close();
    }
}
