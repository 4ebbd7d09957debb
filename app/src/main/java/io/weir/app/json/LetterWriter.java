package io.weir.app.json;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.weir.app.letters.Letter;
import io.weir.schemas.Contracts;
import io.weir.schemas.UndecodableException;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.RequestEvent;
import io.weir.schemas.avro.Visit;
import io.weir.wire.Topics;
import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes dead letters as JSON, buffered: {@code {"letter":"0/123","kept":"2026-…Z","topic":"weir.requests","partition":1,
 * "offset":55,"reason":"…","requestId":"r1","retried":false,"key":"t1","events":[…]}}. Events are as {@link RequestReader}
 * reads them; a record that cannot be decoded has its {@code value} in Base64 instead, and its {@code text} where it is text.
 * Not for several threads.
 */
public final class LetterWriter implements Closeable, Flushable {
    private final JsonGenerator json;

    private LetterWriter(JsonGenerator json) {
        this.json = json;
    }

    /** One letter a line. */
    public static LetterWriter lines(OutputStream out) throws IOException {
        JsonGenerator json = LineParser.JSON.createGenerator(out, JsonEncoding.UTF8);
        json.setPrettyPrinter(new MinimalPrettyPrinter(""));
        return new LetterWriter(json);
    }

    /** A field a line, for people. */
    public static LetterWriter pretty(OutputStream out) throws IOException {
        JsonGenerator json = LineParser.JSON.createGenerator(out, JsonEncoding.UTF8);
        json.setPrettyPrinter(new DefaultPrettyPrinter());
        return new LetterWriter(json);
    }

    public void write(Letter letter) throws IOException {
        DeadLetter content = letter.content();
        json.writeStartObject();
        json.writeStringField("letter", letter.id().toString());
        json.writeStringField("kept", letter.kept().toString());
        json.writeStringField("topic", content.getTopic());
        json.writeNumberField("partition", content.getPartition());
        json.writeNumberField("offset", content.getOffset());
        json.writeStringField("reason", content.getReason());
        text("requestId", content.getRequestId());
        json.writeBooleanField("retried", letter.retried());
        bytes("key", content.getKey());
        value(content);
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void value(DeadLetter content) throws IOException {
        byte[] value = array(content.getValue());
        if (value == null) {
            json.writeNullField("value");
            return;
        }
        try {
            if (content.getTopic().equals(Topics.VISITS)) {
                Visit visit = Contracts.VISIT.decode(value);
                json.writeStringField("visit", visit.getKind().name());
                text("subject", visit.getSubject());
                events(List.of(visit.getEvent()));
            } else {
                events(Contracts.requests(value));
            }
        } catch (UndecodableException undecodable) {
            bytes("text", content.getValue());
            json.writeBinaryField("value", value);
        }
    }

    private void events(List<RequestEvent> events) throws IOException {
        json.writeArrayFieldStart("events");
        for (RequestEvent event : events) {
            event(event);
        }
        json.writeEndArray();
    }

    private void event(RequestEvent event) throws IOException {
        json.writeStartObject();
        text("requestId", event.getRequestId());
        json.writeNumberField("timestamp", event.getTimestamp());
        json.writeStringField("domain", event.getDomain());
        json.writeStringField("method", event.getMethod());
        json.writeStringField("path", event.getPath());
        text("ip", event.getIp());
        text("token", event.getToken());
        text("device", event.getDevice());
        text("account", event.getAccount());
        text("profile", event.getProfile());
        text("user", event.getUser());
        json.writeNumberField("hits", event.getHits());
        if (!event.getAttributes().isEmpty()) {
            json.writeObjectFieldStart("attributes");
            for (Map.Entry<String, String> each : new TreeMap<>(event.getAttributes()).entrySet()) {
                json.writeStringField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
        }
        if (event.getReport()) {
            json.writeBooleanField("report", true);
        }
        if (event.getStatus() != 0) {
            json.writeNumberField("status", event.getStatus());
        }
        text("gateway", event.getGateway());
        json.writeEndObject();
    }

    private void text(String field, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(field, value);
        }
    }

    /** Bytes as the text that they are; what is not text is left out. */
    private void bytes(String field, @Nullable ByteBuffer bytes) throws IOException {
        if (bytes != null) {
            try {
                CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
                json.writeStringField(field, text.toString());
            } catch (CharacterCodingException notText) {
                return;
            }
        }
    }

    private static byte @Nullable [] array(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @Override
    public void flush() throws IOException {
        json.flush();
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
