package io.weir.app.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line's JSON object, field by field. The first thing wrong is remembered and parsing goes on as far as the syntax
 * allows, so that an answer to a bad line can still name its request.
 */
final class LineParser {
    static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** Longer values are cut where a message quotes them. */
    private static final int QUOTED = 60;

    private final JsonParser parser;
    private @Nullable String problem;

    LineParser(byte[] line, int offset, int length) throws IOException {
        this.parser = JSON.createParser(line, offset, length);
    }

    /** Reads fields into {@code sink} and returns the first problem, or null where there is none. */
    @Nullable
    String readObject(FieldSink sink) {
        try (parser) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                return "expected a JSON object, found " + (first == null ? "nothing" : found());
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!sink.field(this, field, value)) {
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                problem("expected the end of the line after the object, found " + found());
            }
        } catch (JsonProcessingException e) {
            problem("expected a JSON object, found " + oneLine(e.getOriginalMessage()) + " at column "
                    + Math.max(1, e.getLocation() == null ? 1 : e.getLocation().getColumnNr()));
        } catch (IOException e) {
            problem("expected a JSON object in UTF-8, found " + oneLine(String.valueOf(e.getMessage())));
        }
        return problem;
    }

    void problem(String text) {
        if (problem == null) {
            problem = text;
        }
    }

    /** The value as text: a string, or a number as it was written; null is absent. */
    @Nullable
    String text(String field, JsonToken value) throws IOException {
        return switch (value) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getText();
            case VALUE_NULL -> null;
            default -> {
                expected(field, "a string");
                yield null;
            }
        };
    }

    /** The value as an integer, or {@code absent} where it is null or not one (which is then the problem). */
    long integer(String field, JsonToken value, long absent, String what) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return absent;
        }
        if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        expected(field, what);
        return absent;
    }

    boolean bool(String field, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_TRUE && value != JsonToken.VALUE_FALSE && value != JsonToken.VALUE_NULL) {
            expected(field, "true or false");
        }
        return value == JsonToken.VALUE_TRUE;
    }

    /** An object of strings, numbers and booleans as text by name; nulls are absent. */
    Map<String, String> texts(String field, JsonToken value) throws IOException {
        Map<String, String> texts = new HashMap<>();
        if (value == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken each = parser.nextToken();
                if (each.isScalarValue() && each != JsonToken.VALUE_NULL) {
                    texts.put(name, parser.getText());
                } else if (each != JsonToken.VALUE_NULL) {
                    expected(field + "." + name, "a string, number or boolean");
                }
            }
        } else if (value != JsonToken.VALUE_NULL) {
            expected(field, "an object");
        }
        return texts;
    }

    /** An object of integers by name; nulls are absent. */
    Map<String, Long> integers(String field, JsonToken value, String what) throws IOException {
        Map<String, Long> integers = new HashMap<>();
        if (value == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken each = parser.nextToken();
                if (each != JsonToken.VALUE_NULL) {
                    integers.put(name, integer(field + "." + name, each, 0, what));
                }
            }
        } else if (value != JsonToken.VALUE_NULL) {
            expected(field, "an object");
        }
        return integers;
    }

    private void expected(String field, String what) throws IOException {
        problem(field + ": expected " + what + ", found " + found());
        parser.skipChildren();
    }

    private String found() throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "\"" + oneLine(parser.getText()) + "\"";
            default -> oneLine(parser.getText());
        };
    }

    static String oneLine(String text) {
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        return line.length() <= QUOTED * 2 ? line : line.substring(0, QUOTED * 2) + "…";
    }

    /** Takes one field of the object; false where it does not know the field. */
    interface FieldSink {
        boolean field(LineParser line, String name, JsonToken value) throws IOException;
    }
}
