package io.weir.app.json;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Reason;
import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes decisions as JSON lines, buffered. {@code rule}, {@code limit}, {@code window} and {@code remaining} are null
 * where nothing binds, but a blocked request has 0 remaining; {@code shadowed} and {@code message} appear only where
 * there is something to say. Not for several threads.
 */
public final class DecisionWriter implements Closeable, Flushable {
    private final JsonGenerator json;

    /** @param out written to in blocks; closed with this writer */
    public DecisionWriter(OutputStream out) throws IOException {
        this.json = LineParser.JSON.createGenerator(out, JsonEncoding.UTF8);
        // No separator between the lines' objects: each line ends itself, also the last.
        json.setPrettyPrinter(new MinimalPrettyPrinter(""));
    }

    public void write(Decision decision) throws IOException {
        LimitUsage binding = decision.binding();
        json.writeStartObject();
        text("requestId", decision.requestId());
        json.writeStringField("outcome", decision.outcome().name());
        json.writeStringField("reason", decision.reason().name());
        json.writeNumberField("status", decision.status());
        text("rule", decision.rule());
        if (binding == null) {
            json.writeNullField("limit");
            json.writeNullField("window");
            if (decision.reason() == Reason.BLOCKED) {
                json.writeNumberField("remaining", 0);
            } else {
                json.writeNullField("remaining");
            }
        } else {
            json.writeNumberField("limit", binding.limit());
            json.writeStringField("window", binding.window());
            json.writeNumberField("remaining", binding.remaining());
        }
        json.writeNumberField("resetAt", decision.resetAt());
        json.writeNumberField("retryAfterMs", decision.retryAfterMs());
        if (!decision.shadowed().isEmpty()) {
            json.writeArrayFieldStart("shadowed");
            for (String name : decision.shadowed()) {
                json.writeString(name);
            }
            json.writeEndArray();
        }
        if (decision.message() != null) {
            json.writeStringField("message", decision.message());
        }
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void text(String field, @Nullable String value) throws IOException {
        if (value == null) {
            json.writeNullField(field);
        } else {
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
