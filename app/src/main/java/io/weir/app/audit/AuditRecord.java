package io.weir.app.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.weir.wire.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One action of an operator, as {@link Topics#AUDIT} keeps it. Who acted is what the command knows: {@code WEIR_ACTOR}, else
 * the user of the operating system. Whom Kafka took it for, its brokers' log tells.
 *
 * @param action the command, like {@code policy apply}
 * @param what what it was about, by name
 */
public record AuditRecord(Instant at, String who, String host, String action, Map<String, String> what) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Asked of the system once: an action may be one of many. */
    private static final String HERE = here();

    public AuditRecord {
        what = Map.copyOf(what);
    }

    /** An action of whoever runs this program. */
    public static AuditRecord now(String action, Map<String, String> what) {
        String named = System.getenv("WEIR_ACTOR");
        String who = named == null || named.isBlank() ? System.getProperty("user.name", "unknown") : named;
        return new AuditRecord(Instant.now(), who, HERE, action, what);
    }

    private static String here() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "unknown";
        }
    }

    /** What to send, before what it tells of. */
    public ProducerRecord<byte[], byte[]> record() {
        return new ProducerRecord<>(Topics.AUDIT, 0, null, json().getBytes(StandardCharsets.UTF_8));
    }

    /** {@code {"at":"2026-…Z","who":"ann","host":"ops-1","action":"block","what":{…}}}. */
    String json() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("at", at.toString());
            json.writeStringField("who", who);
            json.writeStringField("host", host);
            json.writeStringField("action", action);
            json.writeObjectFieldStart("what");
            for (Map.Entry<String, String> each : new TreeMap<>(what).entrySet()) {
                json.writeStringField(each.getKey(), Objects.requireNonNull(each.getValue()));
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory takes what is written", impossible);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
