package io.weir.benchmarks.edge;

import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Compilers;
import io.weir.benchmarks.process.Folders;
import io.weir.benchmarks.process.Roles;
import io.weir.edge.EdgeNode;
import io.weir.engine.Request;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.Contracts;
import io.weir.topology.Enforcer;
import io.weir.topology.EnforcerConfig;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Some edges in this process, an enforcer too, and a broker in a process of its own. */
final class Edges implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path folder;
    private final Child broker;
    private final Enforcer enforcer;
    private final List<EdgeNode> edges = new ArrayList<>();

    private Edges(Path folder, Child broker, Enforcer enforcer) {
        this.folder = folder;
        this.broker = broker;
        this.enforcer = enforcer;
    }

    /** @param onlooker hears of every decision of the enforcer */
    static Edges start(int count, String yaml, Consumer<io.weir.engine.Decision> onlooker) {
        try {
            Path folder = Files.createTempDirectory("weir-edges");
            Child broker = Roles.broker(folder.resolve("broker"));
            Enforcer enforcer =
                    Enforcer.start(EnforcerConfig.of(broker.ready(), folder.resolve("state"), Map.of()), onlooker);
            if (!enforcer.awaitRunning(PATIENCE)) {
                throw new IllegalStateException("enforcer in state " + enforcer.state(), enforcer.failure());
            }
            Edges started = new Edges(folder, broker, enforcer);
            started.apply(yaml);
            for (int i = 0; i < count; i++) {
                started.edges.add(started.edge("edge-" + i));
            }
            started.awaitPolicy(PolicyReader.read("policy", yaml).domain());
            return started;
        } catch (IOException | InterruptedException | ExecutionException failed) {
            throw new IllegalStateException("expected a cluster with " + count + " edges", failed);
        }
    }

    private void apply(String yaml) throws InterruptedException, ExecutionException {
        String domain = PolicyReader.read("policy", yaml).domain();
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.ready());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.POLICIES,
                            domain.getBytes(StandardCharsets.UTF_8),
                            Contracts.POLICY.encode(PolicyDocuments.of(domain, yaml, null))))
                    .get();
        }
    }

    private EdgeNode edge(String name) {
        return EdgeNode.builder()
                .bootstrapServers(broker.ready())
                .gateway(name)
                .plainTokens()
                .build();
    }

    private void awaitPolicy(String domain) {
        for (EdgeNode edge : edges) {
            if (!edge.awaitReady(PATIENCE)) {
                throw new IllegalStateException("an edge is not ready: " + edge.health());
            }
            while (edge.registry().policy(domain) == null || enforcer.registry().policy(domain) == null) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** Those who compile what is hot in this process and the broker's. */
    Compilers compilers() {
        return Compilers.ofThisAnd(broker);
    }

    List<EdgeNode> edges() {
        return edges;
    }

    static Request request(String domain, @Nullable String token, @Nullable String ip, long time) {
        return new Request(null, time, domain, "GET", "/", ip, token, null, null, null, null, 1, Map.of(), false, 0);
    }

    @Override
    public void close() {
        edges.forEach(EdgeNode::close);
        enforcer.close();
        broker.close();
        Folders.delete(folder);
    }
}
