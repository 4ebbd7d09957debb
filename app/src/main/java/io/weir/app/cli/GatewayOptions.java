package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.admin.AdminTokens;
import io.weir.app.answer.Answering;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.app.envoy.DescriptorMapping;
import io.weir.app.gateway.Checks;
import io.weir.app.gateway.GatewayConfig;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import io.weir.edge.EdgeBuilder;
import io.weir.edge.EdgeNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a gateway stands before, who asks it, and whom it believes. */
final class GatewayOptions {
    /** What becomes of requests that nobody decides in time. */
    private enum Fail {
        OPEN,
        CLOSED
    }

    private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1");
    private static final String USUAL_CHECKS = "/auth";
    private static final Duration DRAIN = Duration.ofSeconds(10);

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private TokenOptions tokens = new TokenOptions();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description =
                    "The policy to answer by, put in force on the cluster where another or none is; a file or a folder."
                            + " Repeatable.")
    private List<Path> policyFiles = List.of();

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            description = "The API: the domain of requests that name no other (default: that of --policy).")
    private @Nullable String domain;

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
            description = "Where it listens for HTTP; :PORT is every address, port 0 any free one"
                    + " (default: 127.0.0.1:8080).")
    private InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

    @Option(
            names = "--grpc-listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8081",
            converter = Addresses.class,
            description = "Where it listens for Envoy; :PORT is every address, port 0 any free one"
                    + " (default: 127.0.0.1:8081).")
    private InetSocketAddress grpcListen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8081);

    @Option(names = "--no-grpc", description = "Don't listen for Envoy.")
    private boolean noGrpc;

    @Option(
            names = "--admin-listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8082",
            converter = Addresses.class,
            description = "Where it tells its health and metrics; :PORT is every address, port 0 any free one"
                    + " (default: 127.0.0.1:8082).")
    private InetSocketAddress adminListen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8082);

    @Option(
            names = "--admin-tokens",
            paramLabel = "FILE",
            description =
                    "Who may ask there: lines of NAME read|operate TOKEN. Needed to listen on an address that others"
                            + " reach; /healthz and /readyz stay open.")
    private @Nullable Path adminTokens;

    @Option(names = "--no-admin", description = "Don't tell health and metrics over HTTP.")
    private boolean noAdmin;

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
            names = "--name",
            paramLabel = "NAME",
            description = "This gateway's name, one of its own for each (default: the host's name).")
    private @Nullable String name;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "500ms",
            converter = Durations.class,
            description = "How long a decision may take; then --fail says whether to deny (default: 500ms).")
    private Duration timeout = Duration.ofMillis(500);

    @Option(
            names = "--fail",
            paramLabel = "HOW",
            description =
                    "Whether requests that nobody decides in time pass: open or closed (default: as the policy says;"
                            + " open where none is known).")
    private @Nullable Fail fail;

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
            names = "--admin-token-file",
            paramLabel = "FILE",
            description = "Holds the token to show to it, where it wants one.")
    private @Nullable Path adminToken;

    @Option(
            names = "--lenient-paths",
            description = "Take paths that most servers read alike though not all: encoded slashes, parameters.")
    private boolean lenientPaths;

    @Option(names = "--preserve-host", description = "Pass the client's Host header on to the upstream.")
    private boolean preserveHost;

    TokenOptions tokens() {
        return tokens;
    }

    /** Settings for Kafka clients. */
    Map<String, Object> client() {
        return cluster.client(cluster.bootstrapServerOrEmbedded());
    }

    /**
     * The policies that it brings.
     *
     * @throws io.weir.engine.policy.InvalidPolicyException telling all that is wrong with any of them
     */
    List<PolicyFile> policies() {
        return PolicyFiles.read(policyFiles);
    }

    /** The domain of requests that name no other. */
    String domain(List<PolicyFile> policies) {
        List<String> governed =
                policies.stream().map(file -> file.policy().domain()).toList();
        if (domain == null && governed.size() == 1) {
            return governed.get(0);
        }
        String expected = governed.isEmpty() ? "--policy FILE or --domain NAME" : "--domain, one of " + governed;
        if (domain == null || (!governed.isEmpty() && !governed.contains(domain))) {
            throw UserException.wrongUsage(
                    "API: expected " + expected + ", found " + (domain == null ? "none" : "--domain " + domain));
        }
        return domain;
    }

    /** Whether what nobody decides in time is denied, or null where policies say it. */
    @Nullable
    Boolean failClosed() {
        return fail == null ? null : fail == Fail.CLOSED;
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

    /** Where it tells its health and metrics, or null where it does not. */
    @Nullable
    InetSocketAddress adminListen() {
        return noAdmin ? null : adminListen;
    }

    AdminTokens adminTokens() {
        return adminTokens == null ? AdminTokens.NONE : AdminTokens.read(adminTokens);
    }

    GatewayConfig config() {
        String token = adminToken == null ? null : AdminClient.token(adminToken);
        return valid(() -> new GatewayConfig(
                listen, upstream, admin, token, upstreamTimeout, DRAIN, proxies(), lenientPaths, preserveHost));
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

    /** The path where other servers ask, or null where none does. */
    @Nullable
    String checksPath() {
        String path = forwardAuthPath == null && upstream == null ? USUAL_CHECKS : forwardAuthPath;
        return path == null ? null : valid(() -> Checks.path(path));
    }

    /** Where other servers ask. */
    Checks checks(String path, Answering answering) {
        return valid(() -> new Checks(path, asking(), answering.reading(passedOn(true))));
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

    private static <T> T valid(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException wrong) {
            throw UserException.wrongUsage(String.valueOf(wrong.getMessage()));
        }
    }
}
