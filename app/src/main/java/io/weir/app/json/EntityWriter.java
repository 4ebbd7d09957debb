package io.weir.app.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.weir.engine.Entity;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** Writes entities as the JSON lines that {@link EntityReader} reads. */
public final class EntityWriter {
    private EntityWriter() {}

    /** The entity's line, without its end. */
    public static String line(Entity entity) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = LineParser.JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("type", entity.type());
            json.writeStringField("id", entity.id());
            json.writeObjectFieldStart("attributes");
            for (Map.Entry<String, String> each : new TreeMap<>(entity.attributes()).entrySet()) {
                json.writeStringField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("limits");
            for (Map.Entry<String, Long> each : new TreeMap<>(entity.limits()).entrySet()) {
                json.writeNumberField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return line.toString();
    }
}
