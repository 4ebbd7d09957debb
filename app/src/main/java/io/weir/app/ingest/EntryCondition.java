package io.weir.app.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that holds for the entries of one kind.
 *
 * @param field must have a value; of any type, objects and lists included, where {@code is} and {@code not} are empty
 * @param is values of which it must have one, with {@code *} at the end for any that begin so; empty for any value
 * @param not values that it must not have, likewise; with them alone it may also have none
 */
record EntryCondition(FieldPath field, List<String> is, List<String> not) {
    boolean holds(JsonNode entry) {
        JsonNode value = field.find(entry);
        String text = Texts.first(value);
        if (!not.isEmpty() && any(not, text)) {
            return false;
        }
        if (!is.isEmpty()) {
            return any(is, text);
        }
        return !not.isEmpty() || (value != null && (value.isContainerNode() || !Texts.absent(text)));
    }

    private static boolean any(List<String> patterns, @Nullable String text) {
        if (text != null) {
            for (String pattern : patterns) {
                boolean begins = pattern.endsWith("*");
                if (begins ? text.startsWith(pattern.substring(0, pattern.length() - 1)) : text.equals(pattern)) {
                    return true;
                }
            }
        }
        return false;
    }
}
