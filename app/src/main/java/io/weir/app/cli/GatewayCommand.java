package io.weir.app.cli;

import io.weir.app.answer.Answering;
import io.weir.app.answer.Decider;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.app.envoy.DescriptorMapping;
import io.weir.app.envoy.EnvoyServer;
import io.weir.app.gateway.Checks;
import io.weir.app.gateway.Gateway;
import io.weir.app.gateway.GatewayAdministration;
import io.weir.app.gateway.GatewayConfig;
import io.weir.app.gateway.RequestOnlooker;
import io.weir.app.identity.Identities;
import io.weir.edge.EdgeNode;
import io.weir.engine.policy.Policy;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The gateway. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = "Has requests decided before they are served: as a reverse proxy, for a server in front that asks"
                + " (nginx, HAProxy, Caddy, Traefik), for Envoy. Runs until Ctrl-C; docs/gateways.md tells how.",
        footerHeading = "%nTry:%n",
        footer = {
            "  weir gateway --policy orders.yaml --upstream http://127.0.0.1:3000",
            "  weir gateway --domain orders --token-key token.key      only for servers that ask",
        })
final class GatewayCommand implements Callable<Integer> {
    private static final Duration STARTING = Duration.ofSeconds(10);

    @Mixin
    private GatewayOptions options = new GatewayOptions();

    @Override
    public Integer call() throws InterruptedException {
        List<PolicyFile> policies = options.policies();
        String domain = options.domain(policies);
        GatewayConfig config = options.config();
        Identities identities = options.identities();
        String checksPath = options.checksPath();
        DescriptorMapping descriptors = options.descriptors();
        PrintStream out = Console.lines();
        byte @Nullable [] key = options.tokens().key(line -> out.println("weir: " + line));
        InstantSource clock = InstantSource.system();
        try (Interruption interruption = new Interruption();
                EdgeNode edge = options.edge(key);
                PolicyDelivery delivery =
                        PolicyDelivery.start(policies, edge, options.client(), line -> out.println("weir: " + line));
                GatewayAdministration admin = admin(edge, domain, policies, delivery)) {
            Decider decider = Decider.of(edge).meanwhile(byDomain(policies));
            Answering answering = new Answering(domain, decider, identities, clock, options.failClosed());
            RequestOnlooker requests = RequestOnlooker.NONE;
            if (admin != null) {
                answering = answering.heardBy(admin.decisions());
                requests = admin.requests();
                out.println("weir: health and metrics on " + admin.url());
            }
            Checks checks = checksPath == null ? null : options.checks(checksPath, answering);
            if (!delivery.await(STARTING) || !edge.awaitReady(STARTING)) {
                out.println("weir: decisions cannot be had yet: " + String.join("; ", reasons(edge, delivery))
                        + "; serving all the same");
            }
            try (Gateway gateway = Gateway.start(config, answering, TokenOptions.tokens(key), checks, requests);
                    EnvoyServer envoy = envoy(answering, descriptors, edge, clock)) {
                tell(out, gateway, config, checks, envoy);
                while (!interruption.requested()) {
                    interruption.await(200);
                }
                out.println("weir: stopping");
                if (admin != null) {
                    admin.draining();
                }
            }
        }
        return CommandLineInterface.DONE;
    }

    private static Map<String, Policy> byDomain(List<PolicyFile> policies) {
        return policies.stream().map(PolicyFile::policy).collect(Collectors.toMap(Policy::domain, policy -> policy));
    }

    private static List<String> reasons(EdgeNode edge, PolicyDelivery delivery) {
        return Stream.concat(edge.health().reasons().stream(), delivery.reasons().stream())
                .toList();
    }

    private @Nullable GatewayAdministration admin(
            EdgeNode edge, String domain, List<PolicyFile> policies, PolicyDelivery delivery) {
        InetSocketAddress listen = options.adminListen();
        Set<String> governed = new HashSet<>(byDomain(policies).keySet());
        governed.add(domain);
        return listen == null
                ? null
                : GatewayAdministration.start(listen, options.adminTokens(), edge, domain, governed, delivery::reasons);
    }

    private @Nullable EnvoyServer envoy(
            Answering answering, DescriptorMapping descriptors, EdgeNode edge, InstantSource clock) {
        InetSocketAddress listen = options.grpcListen();
        return listen == null
                ? null
                : EnvoyServer.start(
                        listen,
                        answering.reading(options.passedOn(false)),
                        descriptors,
                        options.lenientPaths(),
                        clock,
                        () -> edge.health().ready(),
                        options.drain());
    }

    private static void tell(
            PrintStream out,
            Gateway gateway,
            GatewayConfig config,
            @Nullable Checks checks,
            @Nullable EnvoyServer envoy) {
        String at = Addresses.text(gateway.address());
        if (config.upstream() != null) {
            out.println("weir: gateway on http://" + at + " before " + config.upstream());
        }
        if (checks != null) {
            out.println("weir: forward-auth on http://" + at + checks.path());
        }
        if (envoy != null) {
            out.println("weir: gRPC for Envoy on " + Addresses.text(envoy.address()));
        }
        out.println("weir: Ctrl-C stops");
    }
}
