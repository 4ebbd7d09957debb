package io.weir.app.json;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.weir.engine.Request;
import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes request events as JSON lines that {@link RequestReader} reads, buffered. What a request does not have is left out.
 * Not for several threads.
 */
public final class RequestWriter implements Closeable, Flushable {
    private final JsonGenerator json;

    /** @param out written to in blocks; closed with this writer */
    public RequestWriter(OutputStream out) throws IOException {
        this.json = LineParser.JSON.createGenerator(out, JsonEncoding.UTF8);
        json.setPrettyPrinter(new MinimalPrettyPrinter(""));
    }

    public void write(Request request) throws IOException {
        json.writeStartObject();
        text("requestId", request.requestId());
        json.writeNumberField("timestamp", request.timestamp());
        text("domain", request.domain());
        text("method", request.method());
        text("path", request.path());
        text("ip", request.ip());
        text("token", request.token());
        text("device", request.device());
        text("account", request.account());
        text("profile", request.profile());
        text("user", request.user());
        if (request.hits() != 1) {
            json.writeNumberField("hits", request.hits());
        }
        attributes(request.attributes());
        if (request.report()) {
            json.writeBooleanField("report", true);
        }
        if (request.status() != 0) {
            json.writeNumberField("status", request.status());
        }
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void attributes(Map<String, String> attributes) throws IOException {
        if (!attributes.isEmpty()) {
            json.writeObjectFieldStart("attributes");
            for (Map.Entry<String, String> each : new TreeMap<>(attributes).entrySet()) {
                json.writeStringField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
        }
    }

    private void text(String field, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(field, value);
        }
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
