package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.admin.Administration;
import io.weir.app.broker.EmbeddedBroker;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.engine.Entity;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.engine.policy.Policy;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
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
    private final Administration admin;
    private final Tables tables;
    private final String bootstrapServers;

    private Cluster(
            @Nullable EmbeddedBroker broker,
            Enforcer enforcer,
            Administration admin,
            Tables tables,
            String bootstrapServers) {
        this.broker = broker;
        this.enforcer = enforcer;
        this.admin = admin;
        this.tables = tables;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts what is needed and returns when requests are decided. */
    static Cluster start(EnforcerOptions options) throws InterruptedException {
        Administration admin =
                Administration.start(options.adminListen(), options.adminTokens(), InstantSource.system());
        EmbeddedBroker broker = null;
        Enforcer enforcer = null;
        try {
            if (options.cluster().bootstrapServer() == null) {
                broker = EmbeddedBroker.start(options.data(), options.port());
            }
            String servers = broker == null ? options.cluster().bootstrapServerOrEmbedded() : broker.bootstrapServers();
            options.cluster().requireBroker(servers);
            Map<String, String> settings = options.cluster().settings();
            settings.putIfAbsent("application.server", admin.advertised(options.adminAdvertised()));
            enforcer = Enforcer.start(
                    EnforcerConfig.of(servers, options.data().resolve("state"), settings), admin.decisions());
            admin.serve(enforcer);
            if (!enforcer.awaitRunning(STARTING)) {
                Throwable failure = enforcer.failure();
                throw UserException.failed("enforcer: expected to run within " + STARTING.toSeconds() + " s, found "
                        + (failure == null ? "state " + enforcer.state() : failure));
            }
            Tables tables = new Tables(options.cluster().client(servers));
            return new Cluster(broker, enforcer, admin, tables, servers);
        } catch (RuntimeException | InterruptedException failed) {
            close(admin, enforcer, broker);
            throw failed;
        }
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
        admin.started();
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

    /** Where the admin server is; null where there is none. */
    @Nullable
    String adminUrl() {
        return admin.url();
    }

    boolean embedded() {
        return broker != null;
    }

    @Override
    public void close() {
        tables.close();
        close(admin, enforcer, broker);
    }

    private static void close(Administration admin, @Nullable Enforcer enforcer, @Nullable EmbeddedBroker broker) {
        if (enforcer != null) {
            enforcer.close();
        }
        if (broker != null) {
            broker.close();
        }
        admin.close();
    }
}
