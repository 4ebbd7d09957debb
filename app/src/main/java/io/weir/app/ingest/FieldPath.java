package io.weir.app.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way into an entry: names, and indices of lists, separated by dots. A name that has dots itself stands in double quotes:
 * {@code labels."example.com/plan"}. Where no name is written so, case does not matter, as it does not in HTTP headers.
 */
record FieldPath(List<String> names, String text) implements Selector {
    private static final String EXPECTED = "expected names separated by dots, like request.headers.x-api-key";

    static FieldPath parse(String text) {
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            boolean quoted = at < text.length() && text.charAt(at) == '"';
            int from = quoted ? at + 1 : at;
            int to = text.indexOf(quoted ? '"' : '.', from);
            if (quoted && to < 0) {
                throw new IllegalArgumentException(EXPECTED + ", found '" + text + "' without a closing quote");
            }
            to = to < 0 ? text.length() : to;
            int next = quoted ? to + 1 : to;
            if (to == from
                    || text.substring(from, to).isBlank()
                    || (next < text.length() && text.charAt(next) != '.')) {
                throw new IllegalArgumentException(EXPECTED + ", found '" + text + "'");
            }
            names.add(text.substring(from, to));
            at = next + 1;
        }
        return new FieldPath(List.copyOf(names), text);
    }

    @Override
    public @Nullable JsonNode find(JsonNode entry) {
        JsonNode at = entry;
        for (String name : names) {
            at = at.isArray() ? item(at, name) : field(at, name);
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    private static @Nullable JsonNode item(JsonNode list, String index) {
        try {
            return list.get(Integer.parseInt(index));
        } catch (NumberFormatException aName) {
            return null;
        }
    }

    private static @Nullable JsonNode field(JsonNode object, String name) {
        JsonNode exact = object.get(name);
        if (exact != null || !object.isObject()) {
            return exact;
        }
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String other = names.next();
            if (other.equalsIgnoreCase(name)) {
                return object.get(other);
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return text;
    }
}
