package io.weir.app.gateway;

import io.weir.app.answer.Answering;
import io.weir.app.answer.Decider;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
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
    final List<Request> asked = new CopyOnWriteArrayList<>();
    private final InMemoryExecutor executor = new InMemoryExecutor();
    private volatile Policy policy;

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

    static Setup given(String yaml) {
        return new Setup(yaml);
    }

    private GatewayFixture(Setup setup) throws IOException {
        policy = PolicyReader.read("policy", setup.yaml);
        executor.apply(policy);
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
        Answering answering = new Answering(policy.domain(), new InMemory(), identities, clock, null);
        gateway = Gateway.start(config, answering, token -> token);
    }

    private final class InMemory implements Decider {
        @Override
        public CompletionStage<Decision> decide(Request request) {
            asked.add(request);
            synchronized (executor) {
                return CompletableFuture.completedFuture(executor.decide(request.withDetails()));
            }
        }

        @Override
        public void report(Request request) {
            var unused = decide(request);
        }

        @Override
        public @Nullable Policy policy(String domain) {
            return policy;
        }
    }

    /** What would be decided on that request. */
    Decision decide(Request request) {
        synchronized (executor) {
            return executor.decide(request);
        }
    }

    /** Puts another policy in force. */
    void apply(String yaml) {
        Policy changed = PolicyReader.read("policy", yaml);
        synchronized (executor) {
            executor.apply(changed);
        }
        policy = changed;
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
