package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.answer.Answering;
import io.weir.app.envoy.DescriptorMapping;
import io.weir.app.gateway.Checks;
import io.weir.app.gateway.GatewayConfig;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import io.weir.edge.EdgeBuilder;
import io.weir.edge.EdgeNode;
import io.weir.edge.TokenHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a gateway stands before, who asks it, and whom it believes. */
final class GatewayOptions {
    private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1");
    private static final String USUAL_CHECKS = "/auth";
    private static final Duration DRAIN = Duration.ofSeconds(10);

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--domain",
            required = true,
            paramLabel = "NAME",
            description = "The API: the domain of requests that name no other.")
    private String domain = "";

    @Option(
            names = "--upstream",
            paramLabel = "URL",
            description = "The server to pass requests on to; none: the gateway only answers when other servers ask.")
    private @Nullable URI upstream;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8080",
            converter = Addresses.class,
            description = "Where it listens for HTTP; port 0 is any free one (default: 127.0.0.1:8080).")
    private InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

    @Option(
            names = "--grpc-listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8081",
            converter = Addresses.class,
            description = "Where it listens for Envoy; port 0 is any free one (default: 127.0.0.1:8081).")
    private InetSocketAddress grpcListen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8081);

    @Option(names = "--no-grpc", description = "Don't listen for Envoy.")
    private boolean noGrpc;

    @Option(
            names = "--forward-auth-path",
            paramLabel = "PATH",
            description = "Where nginx, HAProxy, Caddy or Traefik ask whether to pass a request on"
                    + " (default: /auth without --upstream, none with it).")
    private @Nullable String forwardAuthPath;

    @Option(
            names = "--trusted-proxies",
            paramLabel = "RANGE",
            split = ",",
            description = "Addresses of the servers in front, which say who their clients are; only they may ask at"
                    + " --forward-auth-path (default: for forward-auth the loopback addresses, else none).")
    private List<String> trustedProxies = List.of();

    @Option(
            names = "--identity",
            paramLabel = "NAME=SOURCE",
            description = "Where requests carry an identity: account=header:X-Account-Id, token=bearer,query:key,"
                    + " device=path:/devices/{id}/**, plan=none. Repeatable.")
    private List<String> identities = List.of();

    @Option(
            names = "--descriptor",
            paramLabel = "KEY=TARGET",
            description = "What an entry of Envoy's rate limit descriptors is: client_id=account, tier=attributes.plan,"
                    + " noise=none. Repeatable.")
    private List<String> descriptors = List.of();

    @Option(
            names = "--token-key",
            paramLabel = "FILE",
            description = "Holds the key, at least 16 bytes, that tokens are hashed with before they leave; the same at"
                    + " every gateway of a domain.")
    private @Nullable Path tokenKey;

    @Option(names = "--plain-tokens", description = "Let tokens leave as they are.")
    private boolean plainTokens;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "This gateway's name, one of its own for each (default: the host's name).")
    private @Nullable String name;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "500ms",
            converter = Durations.class,
            description = "How long a decision may take; then the policy says whether to deny (default: 500ms).")
    private Duration timeout = Duration.ofMillis(500);

    @Option(
            names = "--upstream-timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Durations.class,
            description = "How long the upstream may take to begin its answer (default: 30s).")
    private Duration upstreamTimeout = Duration.ofSeconds(30);

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8090",
            description = "Admin API of an enforcer, for usage pages (default: http://127.0.0.1:8090).")
    private URI admin = URI.create("http://127.0.0.1:8090");

    @Option(
            names = "--lenient-paths",
            description = "Take paths that most servers read alike though not all: encoded slashes, parameters.")
    private boolean lenientPaths;

    @Option(names = "--preserve-host", description = "Pass the client's Host header on to the upstream.")
    private boolean preserveHost;

    ClusterOptions cluster() {
        return cluster;
    }

    String domain() {
        return domain;
    }

    boolean lenientPaths() {
        return lenientPaths;
    }

    Duration drain() {
        return DRAIN;
    }

    /** Where Envoy asks, or null where it does not. */
    @Nullable
    InetSocketAddress grpcListen() {
        return noGrpc ? null : grpcListen;
    }

    GatewayConfig config() {
        return valid(() -> new GatewayConfig(
                listen, upstream, admin, upstreamTimeout, DRAIN, proxies(), lenientPaths, preserveHost));
    }

    /** The servers whose clients' requests come through them. */
    TrustedProxies proxies() {
        return valid(() -> TrustedProxies.of(trustedProxies));
    }

    Identities identities() {
        return valid(() -> Identities.of(identities, proxies()));
    }

    /** The servers that ask about their clients' requests. */
    private TrustedProxies asking() {
        return trustedProxies.isEmpty() ? TrustedProxies.of(LOOPBACK) : proxies();
    }

    /** Identities where a server passes on what its clients sent. */
    Identities passedOn(boolean overHttp) {
        return valid(() -> Identities.passedOn(identities, overHttp ? asking() : proxies()));
    }

    /** Where other servers ask, or null where none does. */
    @Nullable
    Checks checks(Answering answering) {
        String path = forwardAuthPath == null && upstream == null ? USUAL_CHECKS : forwardAuthPath;
        return path == null ? null : valid(() -> new Checks(path, asking(), answering.reading(passedOn(true))));
    }

    DescriptorMapping descriptors() {
        return valid(() -> DescriptorMapping.of(descriptors));
    }

    /** The edge that asks the enforcers; starts it. */
    EdgeNode edge(byte @Nullable [] key) {
        String servers = cluster.bootstrapServerOrEmbedded();
        EdgeBuilder edge = EdgeNode.builder()
                .bootstrapServers(servers)
                .client(cluster.client(servers))
                .timeout(timeout);
        if (name != null) {
            edge.gateway(name);
        }
        return key == null ? edge.plainTokens().build() : edge.tokenHashKey(key).build();
    }

    /** What tokens are hashed with, or null where they leave as they are. */
    byte @Nullable [] key() {
        if (tokenKey == null && plainTokens) {
            return null;
        }
        if (tokenKey == null || plainTokens) {
            throw UserException.wrongUsage("tokens: expected either --token-key FILE, to hash them with before they"
                    + " leave, or --plain-tokens, found " + (plainTokens ? "both" : "neither"));
        }
        try {
            byte[] read = Files.readString(tokenKey).strip().getBytes(StandardCharsets.UTF_8);
            var unused = TokenHash.of(read);
            return read;
        } catch (IOException unreadable) {
            throw UserException.wrongUsage("--token-key " + tokenKey + ": expected a file that can be read, found "
                    + (Files.exists(tokenKey) ? unreadable.getMessage() : "none"));
        } catch (IllegalArgumentException tooShort) {
            throw UserException.wrongUsage("--token-key " + tokenKey + ": " + tooShort.getMessage());
        }
    }

    /** From a token to what stands for it in events. */
    static UnaryOperator<String> tokens(byte @Nullable [] key) {
        return key == null ? UnaryOperator.identity() : TokenHash.of(key)::hash;
    }

    private static <T> T valid(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException wrong) {
            throw UserException.wrongUsage(String.valueOf(wrong.getMessage()));
        }
    }
}
