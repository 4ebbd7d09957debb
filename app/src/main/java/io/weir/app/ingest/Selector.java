package io.weir.app.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in an entry a value is. */
sealed interface Selector permits FieldPath, Template {
    /** The value, or null where the entry has none. */
    @Nullable
    JsonNode find(JsonNode entry);

    /** @throws IllegalArgumentException of the form {@code expected …, found …} */
    static Selector parse(String text) {
        return text.indexOf('{') >= 0 ? Template.parse(text) : FieldPath.parse(text);
    }

    /** How messages call several of them. */
    static String text(List<Selector> selectors) {
        return String.join(" or ", selectors.stream().map(Selector::toString).toList());
    }
}
