package io.weir.app.envoy;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.weir.app.InMemoryDecider;
import io.weir.app.answer.Answering;
import io.weir.app.answer.Decider;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The gRPC server and a client of it, as Envoy is one; at noon. */
final class EnvoyFixture implements AutoCloseable {
    static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final ManagedChannel channel;
    private final EnvoyServer server;

    /** How the server may be set up. */
    record Setup(String domain, List<String> mapping, List<String> identities, List<String> proxies) {
        static final Setup USUAL = new Setup("example", List.of(), List.of(), List.of());

        Setup domain(String name) {
            return new Setup(name, mapping, identities, proxies);
        }

        Setup mapping(String... entries) {
            return new Setup(domain, List.of(entries), identities, proxies);
        }

        Setup identities(String... sources) {
            return new Setup(domain, mapping, List.of(sources), proxies);
        }

        Setup trusting(String... ranges) {
            return new Setup(domain, mapping, identities, List.of(ranges));
        }
    }

    private EnvoyFixture(Decider decider, Setup setup, boolean ready) {
        Identities identities = Identities.passedOn(setup.identities, TrustedProxies.of(setup.proxies));
        server = EnvoyServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new Answering(setup.domain, decider, identities, NOON, null),
                DescriptorMapping.of(setup.mapping),
                false,
                NOON,
                () -> ready,
                PATIENCE);
        channel =
                NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
    }

    static EnvoyFixture given(String policy) {
        return given(InMemoryDecider.of(policy), Setup.USUAL);
    }

    static EnvoyFixture given(Decider decider, Setup setup) {
        return new EnvoyFixture(decider, setup, true);
    }

    static EnvoyFixture notReady() {
        return new EnvoyFixture(new InMemoryDecider(), Setup.USUAL, false);
    }

    static RateLimitDescriptor.Builder descriptor(String... entries) {
        RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            descriptor.addEntries(RateLimitDescriptor.Entry.newBuilder()
                    .setKey(entry.substring(0, equals))
                    .setValue(entry.substring(equals + 1)));
        }
        return descriptor;
    }

    static RateLimitRequest.Builder request(String domain, RateLimitDescriptor.Builder... descriptors) {
        RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(domain);
        for (RateLimitDescriptor.Builder descriptor : descriptors) {
            request.addDescriptors(descriptor);
        }
        return request;
    }

    RateLimitResponse limit(RateLimitRequest.Builder request) {
        return RateLimitServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .shouldRateLimit(request.build());
    }

    RateLimitResponse limit(String domain, String... entries) {
        return limit(request(domain, descriptor(entries)));
    }

    /** A GET of a path by a client at 192.0.2.1, with these headers. */
    static CheckRequest.Builder get(String path, Map<String, String> headers) {
        CheckRequest.Builder check = CheckRequest.newBuilder();
        AttributeContext.Builder attributes = check.getAttributesBuilder();
        attributes
                .getSourceBuilder()
                .setAddress(Address.newBuilder()
                        .setSocketAddress(SocketAddress.newBuilder()
                                .setAddress("192.0.2.1")
                                .setPortValue(4321)));
        attributes
                .getRequestBuilder()
                .getHttpBuilder()
                .setMethod("GET")
                .setPath(path)
                .setHost("api.example.com:443")
                .putAllHeaders(headers);
        return check;
    }

    CheckResponse check(CheckRequest.Builder request) {
        return AuthorizationGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .check(request.build());
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.close();
    }
}
