package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.admin.AdminServer;
import io.weir.app.admin.HealthEndpoints;
import io.weir.app.admin.Readiness;
import io.weir.app.admin.UsageEndpoints;
import io.weir.app.broker.EmbeddedBroker;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.engine.Entity;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.policy.Policy;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A broker, perhaps embedded, an enforcer on it, and the admin server beside it. */
final class Cluster implements AutoCloseable {
    private static final Duration STARTING = Duration.ofMinutes(2);

    private final @Nullable EmbeddedBroker broker;
    private final Enforcer enforcer;
    private final AdminServer admin;
    private final Readiness readiness;
    private final Tables tables;
    private final String bootstrapServers;

    private Cluster(
            @Nullable EmbeddedBroker broker,
            Enforcer enforcer,
            AdminServer admin,
            Readiness readiness,
            Tables tables,
            String bootstrapServers) {
        this.broker = broker;
        this.enforcer = enforcer;
        this.admin = admin;
        this.readiness = readiness;
        this.tables = tables;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts what is needed and returns when requests are decided. */
    static Cluster start(EnforcerOptions options) throws InterruptedException {
        Readiness readiness = new Readiness();
        HealthEndpoints health = new HealthEndpoints(readiness);
        AdminServer admin = AdminServer.start(options.adminListen(), health);
        EmbeddedBroker broker = null;
        Enforcer enforcer = null;
        try {
            if (options.cluster().bootstrapServer() == null) {
                broker = EmbeddedBroker.start(options.data(), options.port());
            }
            String servers = broker == null ? options.cluster().bootstrapServerOrEmbedded() : broker.bootstrapServers();
            options.cluster().requireBroker(servers);
            Map<String, String> settings = options.cluster().settings();
            settings.putIfAbsent("application.server", advertised(options, admin));
            enforcer = Enforcer.start(EnforcerConfig.of(servers, options.data().resolve("state"), settings));
            readiness.enforcer(enforcer);
            admin.serve(List.of(health, new UsageEndpoints(enforcer, InstantSource.system())));
            if (!enforcer.awaitRunning(STARTING)) {
                Throwable failure = enforcer.failure();
                throw UserException.failed("enforcer: expected to run within " + STARTING.toSeconds() + " s, found "
                        + (failure == null ? "state " + enforcer.state() : failure));
            }
            Tables tables = new Tables(options.cluster().client(servers));
            return new Cluster(broker, enforcer, admin, readiness, tables, servers);
        } catch (RuntimeException | InterruptedException failed) {
            close(admin, enforcer, broker);
            throw failed;
        }
    }

    /** Where others reach the admin server; one that listens everywhere is reached under this machine's address. */
    private static String advertised(EnforcerOptions options, AdminServer admin) {
        InetSocketAddress named = options.adminAdvertised();
        InetSocketAddress address = named == null ? admin.address() : named;
        String host = address.getHostString();
        if (named == null && address.getAddress().isAnyLocalAddress()) {
            try {
                host = InetAddress.getLocalHost().getHostAddress();
            } catch (UnknownHostException unnamed) {
                throw UserException.failed(
                        "--admin-advertised: expected HOST:PORT, found none, and this machine does not know its address",
                        unnamed);
            }
        }
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** Where policies are looked for: where the user says, else here, else beside the program. */
    static Path policyFolder(Path named) {
        return named.equals(Path.of("policies")) ? Shipped.folder("policies") : named;
    }

    /** Puts policies in force and waits until this enforcer follows them. */
    List<PolicyFile> apply(Path folder) throws InterruptedException {
        Path policies = policyFolder(folder);
        if (!Files.exists(policies)) {
            throw UserException.wrongUsage(policies + ": expected a folder of policies, found none");
        }
        List<PolicyFile> files = PolicyFiles.read(List.of(policies));
        for (PolicyFile file : files) {
            tables.put(file);
        }
        Set<String> wanted = files.stream().map(file -> file.policy().domain()).collect(Collectors.toSet());
        await(
                "policies",
                () -> enforcer.registry().policies().stream()
                                .map(CompiledPolicy::policy)
                                .map(Policy::domain)
                                .collect(Collectors.toSet())
                                .containsAll(wanted)
                        && files.stream().allMatch(this::inForce));
        readiness.started();
        return files;
    }

    private boolean inForce(PolicyFile file) {
        CompiledPolicy policy = enforcer.registry().policy(file.policy().domain());
        return policy != null && policy.policy().equals(file.policy());
    }

    /** Makes entities known and waits until this enforcer knows them. */
    void put(List<Entity> entities) throws InterruptedException {
        entities.forEach(tables::put);
        tables.flush();
        await(
                "entities",
                () -> entities.stream()
                        .allMatch(entity -> entity.equals(enforcer.registry().entity(entity.type(), entity.id()))));
    }

    private void await(String what, BooleanSupplier done) throws InterruptedException {
        long patience = STARTING.toMillis();
        while (!done.getAsBoolean()) {
            if (patience <= 0 || enforcer.failure() != null) {
                throw UserException.failed("enforcer: expected to follow the " + what + " within "
                        + STARTING.toSeconds() + " s, found state " + enforcer.state());
            }
            Thread.sleep(10);
            patience -= 10;
        }
    }

    Enforcer enforcer() {
        return enforcer;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Where the admin server is. */
    String adminUrl() {
        InetSocketAddress address = admin.address();
        String host = address.getAddress().getHostAddress();
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    boolean embedded() {
        return broker != null;
    }

    @Override
    public void close() {
        tables.close();
        close(admin, enforcer, broker);
    }

    private static void close(AdminServer admin, @Nullable Enforcer enforcer, @Nullable EmbeddedBroker broker) {
        if (enforcer != null) {
            enforcer.close();
        }
        if (broker != null) {
            broker.close();
        }
        admin.close();
    }
}
