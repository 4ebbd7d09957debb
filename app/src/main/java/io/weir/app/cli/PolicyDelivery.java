package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.edge.EdgeNode;
import io.weir.engine.decide.CompiledPolicy;
import io.weir.wire.PolicyDocuments;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * Policies on their way to the cluster: those that are not in force yet are put in force, once, as soon as the cluster can be
 * reached. Whoever applies another one later has it so; the policies are not watched.
 */
final class PolicyDelivery implements AutoCloseable {
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final long LOOK_MS = 10;

    private final List<PolicyFile> files;
    private final EdgeNode edge;
    private final Map<String, Object> client;
    private final Consumer<String> told;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Thread thread = new Thread(this::deliver, "weir-policy-delivery");
    private volatile boolean arrived;
    private volatile @Nullable String trouble;
    private volatile @Nullable UserException refusal;
    private volatile boolean closed;

    private PolicyDelivery(List<PolicyFile> files, EdgeNode edge, Map<String, Object> client, Consumer<String> told) {
        this.files = files;
        this.edge = edge;
        this.client = new HashMap<>(client);
        this.told = told;
        // A second attempt is better than one that takes minutes.
        this.client.putIfAbsent("max.block.ms", "5000");
        this.client.putIfAbsent("request.timeout.ms", "5000");
        this.client.putIfAbsent("delivery.timeout.ms", "15000");
        thread.setDaemon(true);
    }

    /**
     * Sends policies on their way.
     *
     * @param edge follows the policies in force
     * @param client settings for Kafka clients
     * @param told hears what was put in force and what was so already
     */
    static PolicyDelivery start(
            List<PolicyFile> files, EdgeNode edge, Map<String, Object> client, Consumer<String> told) {
        PolicyDelivery delivery = new PolicyDelivery(files, edge, client, told);
        if (files.isEmpty()) {
            delivery.arrived();
        } else {
            delivery.thread.start();
        }
        return delivery;
    }

    private void deliver() {
        while (!closed) {
            try {
                if (edge.awaitReady(STEP)) {
                    deliverAll();
                    arrived();
                    return;
                }
            } catch (UserException | KafkaException refused) {
                trouble = String.valueOf(refused.getMessage());
                refusal = refusal(refused);
                if (refusal != null) {
                    settled.countDown();
                }
                pause(STEP.toMillis());
            }
        }
    }

    private void arrived() {
        arrived = true;
        settled.countDown();
    }

    /** What to tell of a failure that no waiting mends: the gateway's name may not write policies. */
    private @Nullable UserException refusal(RuntimeException failure) {
        for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof AuthorizationException unauthorized) {
                String named =
                        files.stream().map(file -> file.file().toString()).collect(Collectors.joining(" "));
                return UserException.failed(
                        "policy: expected that of --policy to be in force, or the rights to put it in force, found: "
                                + unauthorized.getMessage()
                                + "; the role gateway has no such rights: as the operator, weir policy apply " + named
                                + ", then start the gateway",
                        failure);
            }
        }
        return null;
    }

    private void deliverAll() {
        List<PolicyFile> missing = files.stream().filter(file -> !inForce(file)).toList();
        if (!missing.isEmpty()) {
            try (Tables tables = new Tables(client)) {
                missing.forEach(tables::put);
            }
        }
        while (!closed && !missing.stream().allMatch(this::inForce)) {
            pause(LOOK_MS);
        }
        for (PolicyFile file : files) {
            told.accept("policy " + file.policy().domain() + " " + PolicyDocuments.version(file.yaml()) + " of "
                    + file.file() + (missing.contains(file) ? " put in force" : " is in force"));
        }
    }

    private boolean inForce(PolicyFile file) {
        CompiledPolicy known = edge.registry().policy(file.policy().domain());
        return known != null && known.policy().equals(file.policy());
    }

    private void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException stop) {
            closed = true;
        }
    }

    /**
     * Waits until all are in force; returns whether they are.
     *
     * @throws UserException when they are not and the rights to put them in force are missing
     */
    boolean await(Duration patience) throws InterruptedException {
        boolean known = settled.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        UserException refused = refusal;
        if (known && !arrived && refused != null) {
            throw refused;
        }
        return arrived;
    }

    /** Why they are not in force yet; empty when they are. */
    List<String> reasons() {
        if (arrived) {
            return List.of();
        }
        String known = trouble;
        List<String> names = files.stream().map(file -> file.file().toString()).toList();
        return List.of(String.join(", ", names) + ": not in force yet" + (known == null ? "" : ": " + known));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
