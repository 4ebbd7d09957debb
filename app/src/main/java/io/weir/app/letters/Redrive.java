package io.weir.app.letters;

import io.weir.app.UserException;
import io.weir.app.audit.AuditRecord;
import io.weir.schemas.Contracts;
import io.weir.schemas.Framing;
import io.weir.schemas.FramingSettings;
import io.weir.wire.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends letters' records to their topics again, each once: a record and the mark that its letter was sent are one
 * transaction. Whoever opens this fences off who had it open before, so read the letters after opening it: then no two
 * people can send the same one. Not for several threads.
 */
public final class Redrive implements AutoCloseable {
    /** The transactional id that all share. */
    public static final String TRANSACTIONAL_ID = "weir-dead-letters";

    /** Says on a record which letter it is sent again for. */
    public static final String HEADER = "weir-dead-letter";

    /** Letters in one transaction at most; a letter may be as large as 4 MiB. */
    private static final int AT_ONCE = 200;

    private static final int MAX_REQUEST = 5 << 20;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Framing framing;
    private final Consumer<Letter> sent;
    private final List<Letter> open = new ArrayList<>();
    private final List<Future<RecordMetadata>> sending = new ArrayList<>();

    /**
     * @param client settings for Kafka clients
     * @param sent told of each letter once it is sent for good
     */
    public Redrive(Map<String, Object> client, Consumer<Letter> sent) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("transactional.id", TRANSACTIONAL_ID);
        settings.put("max.request.size", MAX_REQUEST);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        this.framing = FramingSettings.of(client).framing(FramingSettings.PATIENCE);
        this.sent = sent;
        try {
            producer.initTransactions();
        } catch (TransactionalIdAuthorizationException refused) {
            producer.close();
            throw UserException.failed(
                    "transactional id " + TRANSACTIONAL_ID + ": expected to be allowed to use it, found: "
                            + refused.getMessage() + " See weir acls --role operator",
                    refused);
        } catch (RuntimeException refused) {
            producer.close();
            throw refused;
        }
    }

    /**
     * Sends a letter's record again.
     *
     * @throws IllegalArgumentException when the letter has an {@linkplain Letter#obstacle obstacle}
     */
    public void send(Letter letter) {
        byte[] value = bytes(letter.content().getValue());
        if (value == null || letter.obstacle() != null) {
            throw new IllegalArgumentException(letter.id() + ": " + letter.obstacle());
        }
        if (open.isEmpty()) {
            producer.beginTransaction();
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                letter.content().getTopic(), bytes(letter.content().getKey()), value);
        record.headers().add(HEADER, letter.id().toString().getBytes(StandardCharsets.UTF_8));
        open.add(letter);
        sending.add(producer.send(AuditRecord.now(
                        "dead-letters retry",
                        Map.of(
                                "letter",
                                letter.id().toString(),
                                "topic",
                                letter.content().getTopic()))
                .record()));
        sending.add(producer.send(record));
        sending.add(producer.send(new ProducerRecord<>(
                Topics.DEAD_LETTERS,
                letter.id().partition(),
                null,
                framing.write(Topics.DEAD_LETTERS, Contracts.DEAD_LETTER.encode(DeadLetters.mark(letter))))));
        if (open.size() == AT_ONCE) {
            commit();
        }
    }

    /** Makes what was sent last for good. */
    public void commit() {
        if (open.isEmpty()) {
            return;
        }
        try {
            for (Future<RecordMetadata> each : sending) {
                each.get();
            }
            producer.commitTransaction();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptException(interrupted);
        } catch (ExecutionException refused) {
            throw refused.getCause() instanceof KafkaException cause ? cause : new KafkaException(refused.getCause());
        }
        List<Letter> done = List.copyOf(open);
        open.clear();
        sending.clear();
        done.forEach(sent);
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Undoes what was sent since the last {@link #commit}. */
    @Override
    public void close() {
        try {
            if (!open.isEmpty()) {
                producer.abortTransaction();
            }
        } catch (KafkaException fenced) {
            // Who fenced us off has undone it.
        } finally {
            producer.close();
        }
    }
}
