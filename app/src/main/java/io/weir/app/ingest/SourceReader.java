package io.weir.app.ingest;

import io.weir.app.ingest.Source.Item;
import io.weir.engine.document.Document;
import io.weir.engine.document.Document.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads where a field comes from: a path, a list of them, or a mapping with {@code from}. */
final class SourceReader {
    static final List<String> KEYS = List.of("from", "unless", "after", "item", "map", "default", "as");

    private static final String EXAMPLE = "a path into the entry like request.method, or a list of them";

    private final Document document;

    SourceReader(Document document) {
        this.document = document;
    }

    /** A field that is taken from the entry. */
    Source source(Value value) {
        if (!document.isMapping(value)) {
            return new Source(selectors(value), List.of(), "", null, Map.of(), null);
        }
        Map<String, Value> entries = document.mapping(value, EXAMPLE, KEYS);
        Value from = entries.get("from");
        Value otherwise = entries.get("default");
        if (from == null && otherwise == null) {
            document.problem(value, "from: " + EXAMPLE + "; or default: a constant", "neither");
        }
        Value after = entries.get("after");
        String before = after == null ? null : document.text(after, "the text before the value, like 'Bearer '");
        return new Source(
                from == null ? List.of() : selectors(from),
                texts(entries.get("unless"), "values that are none, like [REDACTED]"),
                before == null ? "" : before,
                item(entries.get("item")),
                translated(entries.get("map")),
                otherwise == null ? null : document.text(otherwise, "the value where there is none"));
    }

    /** What {@code as} says in the mapping of a source, or null. */
    @Nullable
    String as(Value value, List<String> words) {
        Value as = document.isMapping(value) ? quietly(value).get("as") : null;
        return as == null ? null : document.word(as, words);
    }

    /** Tells of {@code as} where it has no meaning. */
    void withoutAs(Value value, String meant) {
        Value as = document.isMapping(value) ? quietly(value).get("as") : null;
        if (as != null) {
            document.problem(as, "as only of " + meant, Document.found(as));
        }
    }

    private Map<String, Value> quietly(Value value) {
        return document.mapping(value, EXAMPLE, List.of());
    }

    List<Selector> selectors(Value value) {
        List<Selector> selectors = new ArrayList<>();
        for (Value item : document.items(value)) {
            String text = document.text(item, EXAMPLE);
            try {
                if (text != null) {
                    selectors.add(Selector.parse(text));
                }
            } catch (IllegalArgumentException refused) {
                document.problem(item, refused);
            }
        }
        if (document.isSequence(value) && document.items(value).isEmpty()) {
            document.problem(value, "at least one path", "none");
        }
        return selectors;
    }

    /** A single path without a template, or null after a problem. */
    @Nullable
    FieldPath path(Value value) {
        String text = document.text(value, "a path into the entry like request.method");
        try {
            return text == null ? null : FieldPath.parse(text);
        } catch (IllegalArgumentException refused) {
            document.problem(value, refused);
            return null;
        }
    }

    List<String> texts(@Nullable Value value, String what) {
        List<String> texts = new ArrayList<>();
        for (Value item : value == null ? List.<Value>of() : document.items(value)) {
            String text = document.text(item, what);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    private @Nullable Item item(@Nullable Value value) {
        String word = value == null ? null : document.word(value, List.of("first", "last"));
        return word == null ? null : Item.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private Map<String, String> translated(@Nullable Value value) {
        Map<String, String> translated = new HashMap<>();
        if (value != null) {
            document.mapping(value, "values by what is found, like { AccessDenied: 403 }", List.of())
                    .forEach((found, meant) -> {
                        String text = document.text(meant, "the value that is meant");
                        if (text != null) {
                            translated.put(found, text);
                        }
                    });
        }
        return translated;
    }
}
