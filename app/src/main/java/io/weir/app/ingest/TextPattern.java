package io.weir.app.ingest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** A regular expression for entries that are text; its named groups are the entry's fields. */
record TextPattern(Pattern pattern, List<String> groups) {
    private static final Pattern GROUP = Pattern.compile("\\(\\?<([a-zA-Z][a-zA-Z0-9]*)>");

    /** @throws IllegalArgumentException of the form {@code expected …, found …} */
    static TextPattern parse(String text) {
        try {
            List<String> names = new ArrayList<>();
            // Matches nothing at all as well, so that its groups can be asked for.
            Matcher probe = Pattern.compile("(?:" + text + ")|").matcher("");
            boolean unused = probe.find();
            for (Matcher group = GROUP.matcher(text); group.find(); ) {
                if (isGroup(probe, group.group(1))) {
                    names.add(group.group(1));
                }
            }
            if (names.isEmpty()) {
                throw new IllegalArgumentException(
                        "expected a regular expression with named groups like (?<method>[A-Z]+), found none in it");
            }
            return new TextPattern(Pattern.compile(text), List.copyOf(names));
        } catch (PatternSyntaxException broken) {
            throw new IllegalArgumentException("expected a regular expression, found one with "
                    + broken.getDescription() + " at character " + (broken.getIndex() + 1));
        }
    }

    /** What looks like a group may be escaped. */
    private static boolean isGroup(Matcher probe, String name) {
        try {
            String unused = probe.group(name);
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /** The fields of an entry that begins as the expression says, or null. */
    @Nullable
    ObjectNode fields(String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.lookingAt()) {
            return null;
        }
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        for (String group : groups) {
            String value = matcher.group(group);
            if (value != null) {
                fields.put(group, value);
            }
        }
        return fields;
    }
}
