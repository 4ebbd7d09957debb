package io.weir.app.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the value of a request's field comes from.
 *
 * @param from places to look at, in turn; the first that has a value gives it
 * @param unless values that are none, such as {@code REDACTED}
 * @param after what must stand before the value, such as {@code Bearer }, and is left out; empty for nothing
 * @param item which item of a list is taken, also of one in a text with commas; null: the first of a list, a text whole
 * @param translated values to put in place of those found; {@code *} is any other
 * @param otherwise the value where there is none, or null
 */
record Source(
        List<Selector> from,
        List<String> unless,
        String after,
        @Nullable Item item,
        Map<String, String> translated,
        @Nullable String otherwise) {

    /** Which item of a list. */
    enum Item {
        FIRST,
        LAST
    }

    private static final String ANY_OTHER = "*";

    static Source constant(String value) {
        return new Source(List.of(), List.of(), "", null, Map.of(), value);
    }

    /** The value, or null where the entry has none. */
    @Nullable
    String value(JsonNode entry) {
        for (Selector selector : from) {
            String found = present(item(selector.find(entry)));
            if (found != null) {
                String other = translated.getOrDefault(ANY_OTHER, found);
                return translated.getOrDefault(found, other);
            }
        }
        return otherwise;
    }

    private @Nullable String item(@Nullable JsonNode value) {
        if (value == null || item == null) {
            return Texts.first(value);
        }
        String text = value.isArray()
                ? Texts.scalar(value.get(item == Item.FIRST ? 0 : value.size() - 1))
                : Texts.scalar(value);
        if (text == null) {
            return null;
        }
        int comma = item == Item.FIRST ? text.indexOf(',') : text.lastIndexOf(',');
        return (comma < 0 ? text : item == Item.FIRST ? text.substring(0, comma) : text.substring(comma + 1)).strip();
    }

    private @Nullable String present(@Nullable String text) {
        if (text == null || Texts.absent(text) || unless.contains(text)) {
            return null;
        }
        if (!text.regionMatches(true, 0, after, 0, after.length())) {
            return null;
        }
        String rest = text.substring(after.length());
        return Texts.absent(rest) ? null : rest;
    }

    /** Where messages say that the value is looked for. */
    @Override
    public String toString() {
        return Selector.text(from);
    }
}
