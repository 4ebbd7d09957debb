package io.weir.app.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text with fields in it, {@code /{eventSource}/{eventName}}; there is a value only where every field has one.
 *
 * @param literals the text before each field and after the last: one more than there are fields
 */
record Template(List<String> literals, List<FieldPath> fields, String text) implements Selector {

    static Template parse(String text) {
        List<String> literals = new ArrayList<>();
        List<FieldPath> fields = new ArrayList<>();
        int at = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new IllegalArgumentException("expected a } for every {, found '" + text + "'");
            }
            literals.add(text.substring(at, open));
            fields.add(FieldPath.parse(text.substring(open + 1, close)));
            at = close + 1;
        }
        literals.add(text.substring(at));
        return new Template(List.copyOf(literals), List.copyOf(fields), text);
    }

    @Override
    public @Nullable JsonNode find(JsonNode entry) {
        StringBuilder found = new StringBuilder(literals.get(0));
        for (int i = 0; i < fields.size(); i++) {
            String value = Texts.first(fields.get(i).find(entry));
            if (Texts.absent(value)) {
                return null;
            }
            found.append(value).append(literals.get(i + 1));
        }
        return TextNode.valueOf(found.toString());
    }

    @Override
    public String toString() {
        return text;
    }
}
