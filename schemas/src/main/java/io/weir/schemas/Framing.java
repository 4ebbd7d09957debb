package io.weir.schemas;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How records begin on the topics. Within Weir they are in single-object encoding; this turns what others wrote with
 * Confluent's framing ({@code 00}, the schema's id in a registry in 4 bytes, big-endian, and the datum) into that, and what
 * Weir writes into Confluent's if it is to. Records of both kinds may stand on one topic: the first byte tells. May be used
 * by many threads.
 *
 * <p>Where the registry is away, the record waits: asked again and again, at growing intervals of 0.1 s to 5 s, until
 * the patience ends or this is closed. A record is refused only when the registry says that it does not know the id.
 */
public final class Framing implements AutoCloseable {
    /** Single-object encoding only. */
    public static final Framing SINGLE_OBJECT = new Framing(null, false, Duration.ZERO);

    /** Until it is closed. */
    public static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

    private static final Logger LOG = LoggerFactory.getLogger(Framing.class);
    private static final byte MAGIC = 0;
    private static final int HEADER = 1 + Integer.BYTES;
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LAST_PAUSE_MS = 5_000;

    /** For how long an id that the registry does not know is not asked for again. */
    private static final long UNKNOWN_NS = TimeUnit.SECONDS.toNanos(10);

    private static final int MAX_UNKNOWN = 10_000;

    private final @Nullable SchemaRegistry registry;
    private final boolean confluent;
    private final long patienceMs;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<Integer, Translation> translations = new ConcurrentHashMap<>();
    private final Map<Integer, Long> unknown = new ConcurrentHashMap<>();
    private final Map<Written, byte[]> headers = new ConcurrentHashMap<>();

    /** A schema on a topic. */
    private record Written(String topic, long fingerprint) {}

    private Framing(@Nullable SchemaRegistry registry, boolean confluent, Duration patience) {
        this.registry = registry;
        this.confluent = confluent;
        this.patienceMs = patience.toMillis();
    }

    /**
     * Reads both kinds.
     *
     * @param urls of the registry, each asked where the one before does not answer
     * @param userInfo {@code user:password} for the registry, or null
     * @param confluent whether Confluent's framing is written; else single-object encoding
     * @param patience how long a record waits for a registry that is away
     */
    public static Framing with(List<URI> urls, @Nullable String userInfo, boolean confluent, Duration patience) {
        return new Framing(new SchemaRegistry(urls, userInfo), confluent, patience);
    }

    /**
     * The record in single-object encoding; one that is in no framing that can be told is returned as it is.
     *
     * @throws UndecodableException when its schema is not known or not one of Weir's
     * @throws SchemaRegistryException when the registry stays away
     */
    public byte[] read(byte[] value) {
        return value.length == 0 || value[0] != MAGIC ? value : translated(value);
    }

    private byte[] translated(byte[] value) {
        if (value.length < HEADER) {
            throw new UndecodableException(
                    "expected Confluent's framing (00 and a schema id), but found only " + value.length + " bytes");
        }
        int id = ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
        if (registry == null) {
            throw new UndecodableException("expected Avro single-object encoding, but found Confluent's framing with"
                    + " schema id " + id + ": set schema.registry.url");
        }
        Translation translation = translations.get(id);
        if (translation == null) {
            translation = translation(registry, id);
            translations.put(id, translation);
        }
        return translation.apply(value, HEADER);
    }

    /** An id always means the same schema; that an id is not known may change. */
    private Translation translation(SchemaRegistry asked, int id) {
        Long since = unknown.get(id);
        if (since == null || System.nanoTime() - since > UNKNOWN_NS) {
            try {
                Schema found = patiently(() -> asked.schema(id));
                if (found != null) {
                    return Translation.of(id, found);
                }
            } catch (UndecodableException lasting) {
                return new Translation.Refused(String.valueOf(lasting.getMessage()));
            }
            if (unknown.size() >= MAX_UNKNOWN) {
                unknown.clear();
            }
            unknown.put(id, System.nanoTime());
        }
        throw new UndecodableException("expected a schema id of the registry, but it does not know " + id);
    }

    /**
     * A record in single-object encoding as it is to be written to a topic. Visits, which are between enforcers, stay as
     * they are.
     *
     * @throws SchemaRegistryException when the registry refuses its schema or stays away
     */
    public byte[] write(String topic, byte[] value) {
        if (!confluent || registry == null) {
            return value;
        }
        long fingerprint = SingleObject.fingerprint(value);
        if (fingerprint == Contracts.VISIT.fingerprint()) {
            return value;
        }
        byte[] header = header(registry, topic, fingerprint);
        byte[] framed = new byte[HEADER + value.length - SingleObject.HEADER];
        System.arraycopy(header, 0, framed, 0, HEADER);
        System.arraycopy(value, SingleObject.HEADER, framed, HEADER, framed.length - HEADER);
        return framed;
    }

    /** The same for Kafka clients; null stays null (a tombstone). */
    @SuppressWarnings("NullAway") // Kafka's interfaces pass and expect null for tombstones
    public Serializer<byte[]> serializer() {
        return (topic, value) -> value == null ? null : write(topic, value);
    }

    /**
     * Registers what is to be written to a topic beforehand, so that what is wrong with the registry is told at the start.
     *
     * @throws SchemaRegistryException when the registry refuses a schema or does not answer
     */
    public void register(String topic, List<Contract<?>> contracts) {
        if (confluent && registry != null) {
            for (Contract<?> contract : contracts) {
                headers.put(
                        new Written(topic, SingleObject.fingerprint(contract.schema())),
                        header(registry.register(subject(topic, contract.schema()), contract.schema())));
            }
        }
    }

    private byte[] header(SchemaRegistry asked, String topic, long fingerprint) {
        Written written = new Written(topic, fingerprint);
        byte[] known = headers.get(written);
        if (known == null) {
            Schema schema = Translation.current(fingerprint);
            known = header(patiently(() -> asked.register(subject(topic, schema), schema)));
            headers.put(written, known);
        }
        return known;
    }

    private static byte[] header(int id) {
        return ByteBuffer.allocate(HEADER).put(MAGIC).putInt(id).array();
    }

    /** One for each record type on a topic: a topic may have several. */
    private static String subject(String topic, Schema schema) {
        return topic + "-" + schema.getFullName();
    }

    @SuppressWarnings("NullAway") // null where the supplier gives null
    private <T extends @Nullable Object> T patiently(Supplier<T> asking) {
        long pause = FIRST_PAUSE_MS;
        for (long waited = 0; ; waited += pause, pause = Math.min(2 * pause, LAST_PAUSE_MS)) {
            try {
                return asking.get();
            } catch (SchemaRegistryException away) {
                if (!away.retriable() || waited >= patienceMs || isClosedAfter(pause)) {
                    throw away;
                }
                LOG.warn("{}; asking again", away.getMessage());
            }
        }
    }

    private boolean isClosedAfter(long pause) {
        try {
            return closed.await(pause, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends all waiting for a registry that is away. */
    @Override
    public void close() {
        if (registry != null) {
            closed.countDown();
        }
    }
}
