package io.weir.app.json;

import com.fasterxml.jackson.core.JsonToken;
import io.weir.engine.Entity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads entities from JSON lines such as {@code {"type":"account","id":"acme","attributes":{"devices":100},"limits":
 * {"send-data":20000}}}; {@code attributes} and {@code limits} may be absent, fields it does not know are ignored.
 */
public final class EntityReader {
    /** What entities there are. */
    public static final List<String> TYPES = List.of("account", "profile", "device", "token", "user", "ip");

    /** @throws BadLineException when the line is no such entity */
    public Entity read(String line, long lineNumber) throws BadLineException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return read(bytes, 0, bytes.length, lineNumber);
    }

    /** @throws BadLineException when the bytes are no such entity */
    public Entity read(byte[] line, int offset, int length, long lineNumber) throws BadLineException {
        Fields fields = new Fields();
        String problem;
        try {
            problem = new LineParser(line, offset, length).readObject(fields);
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        String type = fields.type;
        String id = fields.id;
        if (problem == null && (type == null || !TYPES.contains(type))) {
            problem = "type: expected one of " + String.join(", ", TYPES) + ", found "
                    + (type == null ? "none" : "\"" + LineParser.oneLine(type) + "\"");
        }
        if (problem == null && (id == null || id.isEmpty())) {
            problem = "id: expected text, found " + (id == null ? "none" : "an empty string");
        }
        if (problem != null || type == null || id == null) {
            throw new BadLineException(lineNumber, null, String.valueOf(problem));
        }
        return new Entity(type, id, fields.attributes, fields.limits);
    }

    private static final class Fields implements LineParser.FieldSink {
        private @Nullable String type;
        private @Nullable String id;
        private Map<String, String> attributes = Map.of();
        private Map<String, Long> limits = Map.of();

        @Override
        public boolean field(LineParser line, String name, JsonToken value) throws IOException {
            switch (name) {
                case "type" -> type = line.text(name, value);
                case "id" -> id = line.text(name, value);
                case "attributes" -> attributes = line.texts(name, value);
                case "limits" -> {
                    limits = line.integers(name, value, "hits per window");
                    limits.forEach((limit, hits) -> {
                        if (hits < 0) {
                            line.problem("limits." + limit + ": expected hits per window, 0 or more, found " + hits);
                        }
                    });
                }
                default -> {
                    return false;
                }
            }
            return true;
        }
    }
}
