package io.weir.testkit;

import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.UsageRecord;
import io.weir.schemas.avro.Visit;
import io.weir.topology.QuotaTopology;
import io.weir.topology.TimeBounds;
import io.weir.wire.Conversions;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/**
 * Tries policies on the real topology, in memory and without a broker.
 *
 * <pre>{@code
 * try (QuotaFixture weir = QuotaFixture.given("""
 *         policy: example
 *         rules:
 *           - { name: per-token, key: [token], limits: [2 per minute] }
 *         """)) {
 *     weir.when(3, get("/x").token("t1").at("2026-01-01T12:00:00Z"));
 *     weir.then().allowed(2).denied(1);
 * }
 * }</pre>
 */
public final class QuotaFixture implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Registry registry = new Registry();
    private final Path state;
    private final TopologyTestDriver driver;
    private final Map<String, TestInputTopic<byte[], byte[]>> inputs = new LinkedHashMap<>();
    private final Map<String, TestOutputTopic<byte[], byte[]>> outputs = new LinkedHashMap<>();
    private final List<Decision> decisions = new ArrayList<>();
    private long appended = START.toEpochMilli();
    private String domain = "";

    private QuotaFixture(int partitions, TimeBounds bounds) {
        try {
            state = Files.createTempDirectory("weir-testkit");
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "weir-testkit");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        driver = new TopologyTestDriver(QuotaTopology.build(registry, partitions, bounds), settings, START);
    }

    /** A topology with these policies in force, as YAML; requests go to the last one's domain. */
    public static QuotaFixture given(String... policies) {
        return given(1, policies);
    }

    /** The same as one partition of several: some requests find themselves on the wrong one. */
    public static QuotaFixture given(int partitions, String... policies) {
        return given(partitions, TimeBounds.NONE, policies);
    }

    /** The same with bounds on timestamps, by the log's time, which begins at 2026-01-01T00:00:00Z. */
    public static QuotaFixture given(int partitions, TimeBounds bounds, String... policies) {
        QuotaFixture fixture = new QuotaFixture(partitions, bounds);
        for (String policy : policies) {
            fixture.policy(policy);
        }
        return fixture;
    }

    /**
     * Puts a policy in force, in place of the one its domain had.
     *
     * @throws io.weir.engine.policy.InvalidPolicyException naming all that is wrong with it
     */
    public QuotaFixture policy(String yaml) {
        Policy policy = PolicyReader.read("policy", yaml);
        domain = policy.domain();
        pipe(Topics.POLICIES, domain, Contracts.POLICY.encode(PolicyDocuments.of(domain, yaml, null)));
        return this;
    }

    /** Takes a domain's policy out of force. */
    public QuotaFixture noPolicy(String ofDomain) {
        pipe(Topics.POLICIES, ofDomain, null);
        return this;
    }

    /** Makes known, or replaces, what is known about an account, profile, device… */
    public QuotaFixture entity(Entity entity) {
        pipe(Topics.ENTITIES, entity.type() + "/" + entity.id(), Contracts.ENTITY.encode(Conversions.document(entity)));
        return this;
    }

    /** Puts an entry on the block list by hand, in place of the one it had, as {@code weir block} does. */
    public QuotaFixture block(Block block) {
        pipe(Topics.BLOCKLIST, Conversions.blockKey(block), Contracts.BLOCK.encode(Conversions.entry(block)));
        return this;
    }

    /** Takes an entry that was put on the block list by hand off it. */
    public QuotaFixture noBlock(Block block) {
        pipe(Topics.BLOCKLIST, Conversions.blockKey(block), null);
        return this;
    }

    /** Lifts the blocks that a subject has earned, as {@code weir unblock} does. */
    public QuotaFixture unblock(String attribute, String value) {
        Visit visit = Conversions.unblock(domain, List.of(attribute), List.of(value), appended);
        pipe(Topics.VISITS, value, Contracts.VISIT.encode(visit));
        return this;
    }

    /** Sends a request; {@link #then} looks at the decisions of the last {@code when}. */
    public QuotaFixture when(TestRequest request) {
        return when(1, request);
    }

    /** Sends the same request several times. */
    public QuotaFixture when(int times, TestRequest request) {
        decisions.clear();
        for (int i = 0; i < times; i++) {
            send(request.in(domain, START.toEpochMilli()));
        }
        return this;
    }

    /** Sends a request as it is and returns its decision. */
    public Decision decide(Request request) {
        decisions.clear();
        send(request);
        if (decisions.size() != 1) {
            throw new AssertionError("expected one decision, but found " + decisions);
        }
        return decisions.get(0);
    }

    /** Sends requests in one record and returns their decisions. */
    public List<Decision> decideBatch(List<Request> requests) {
        decisions.clear();
        send(
                null,
                Contracts.REQUESTS.encode(new RequestBatch(
                        requests.stream().map(Conversions::event).toList())));
        return List.copyOf(decisions);
    }

    private void send(Request request) {
        send(null, Contracts.REQUEST.encode(Conversions.event(request)));
    }

    /** Sends bytes as a record on the requests topic. */
    public void send(byte @Nullable [] key, byte @Nullable [] value) {
        send(Topics.REQUESTS, key, value);
    }

    /** Sends bytes as a record on a topic; {@link #then} sees the decisions that come of it, too. */
    public void send(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        pipe(topic, key, value);
        for (byte[] made : read(Topics.DECISIONS)) {
            Contracts.decisions(made).forEach(event -> decisions.add(Conversions.decision(event)));
        }
    }

    /** Sends bytes as a record on the visits topic. */
    void visit(byte[] value) {
        pipe(Topics.VISITS, (byte[]) null, value);
    }

    /** The decisions of the last {@code when}, to look at. */
    public Outcomes then() {
        return new Outcomes(List.copyOf(decisions));
    }

    /** The block list's records since last asked; null for an entry taken off. */
    public List<@Nullable Block> blockRecords() {
        List<@Nullable Block> records = new ArrayList<>();
        TestOutputTopic<byte[], byte[]> topic = output(Topics.BLOCKLIST);
        while (!topic.isEmpty()) {
            byte[] value = topic.readRecord().value();
            records.add(value == null ? null : Conversions.block(Contracts.BLOCK.decode(value)));
        }
        return records;
    }

    /** The block list as every task knows it. */
    public List<Block> blocks() {
        return registry.blocks();
    }

    /** Dead letters since last asked. */
    public List<DeadLetter> deadLetters() {
        return read(Topics.DEAD_LETTERS).stream()
                .map(Contracts.DEAD_LETTER::decode)
                .toList();
    }

    /** Usage since last asked. */
    public List<UsageRecord> usage() {
        return read(Topics.USAGE).stream().map(Contracts.USAGE::decode).toList();
    }

    /** How many entries the store that decides holds. */
    public int entries() {
        int entries = 0;
        try (var all = driver.<String, byte[]>getKeyValueStore(QuotaTopology.USAGE_STORE)
                .all()) {
            for (; all.hasNext(); all.next()) {
                entries++;
            }
        }
        return entries;
    }

    /** Lets time pass on the log's clock, and what is due happen; event time is in the events alone. */
    public QuotaFixture pass(Duration time) {
        appended += time.toMillis();
        // A record makes the task see the log's time; this one says nothing.
        pipe(Topics.VISITS, (byte[]) null, null);
        read(Topics.DEAD_LETTERS);
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        // The driver keeps what nobody reads.
        driver.producedTopicNames().stream()
                .filter(name -> name.endsWith("-changelog"))
                .forEach(this::read);
        return this;
    }

    private List<byte[]> read(String topic) {
        return output(topic).readValuesToList();
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return outputs.computeIfAbsent(
                topic,
                name -> driver.createOutputTopic(name, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    private void pipe(String topic, String key, byte @Nullable [] value) {
        pipe(topic, key.getBytes(StandardCharsets.UTF_8), value);
    }

    private void pipe(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        TestInputTopic<byte[], byte[]> input = inputs.computeIfAbsent(
                topic, name -> driver.createInputTopic(name, new ByteArraySerializer(), new ByteArraySerializer()));
        input.pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(appended++)));
    }

    @Override
    public void close() {
        driver.close();
        try (Stream<Path> files = Files.walk(state)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException leftBehind) {
            throw new UncheckedIOException(leftBehind);
        }
    }
}
