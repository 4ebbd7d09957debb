package io.weir.engine.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML document being read: typed access to its nodes, collecting what is wrong instead of stopping at the first. Not for
 * several threads.
 */
public final class Document {
    /** The longest document read, in characters. */
    public static final int MAX_LENGTH = 1_000_000;

    /** The most values read, aliases counted each time they are used. */
    static final int MAX_VALUES = 100_000;

    /** The deepest nesting read; the language itself needs seven. */
    static final int MAX_DEPTH = 50;

    /** The longest name of a rule, block or limit, in characters. */
    static final int MAX_NAME = 200;

    private static final int MAX_PROBLEMS = 100;
    private static final int MAX_NAME_SHOWN = 80;
    private static final int MAX_NUMBER_LENGTH = 40;
    private static final int MAX_FOUND_SHOWN = 200;
    private static final int MAX_EXPECTED_SHOWN = 600;

    private final String file;
    private final String what;
    private final Function<List<Problem>, ? extends RuntimeException> refusal;
    private final List<Problem> problems = new ArrayList<>();
    private int values;
    private @Nullable RuntimeException end;

    /**
     * @param file what to call the document in messages
     * @param what what it should be, like {@code a policy}
     * @param refusal the exception of its reader for a document with problems
     */
    public Document(String file, String what, Function<List<Problem>, ? extends RuntimeException> refusal) {
        this.file = file;
        this.what = what;
        this.refusal = refusal;
    }

    /** A value and where it stands. */
    public record Value(Node node, String path) {}

    /** The document's value, or null after a problem. */
    public @Nullable Value root(String yaml) {
        if (yaml.length() > MAX_LENGTH) {
            problem(1, 1, "", "at most " + MAX_LENGTH + " characters", Integer.toString(yaml.length()));
            return null;
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setMaxAliasesForCollections(MAX_VALUES)
                .build();
        try {
            if (tooDeep(new Parse(settings).parseString(yaml))) {
                return null;
            }
            Optional<Node> node = new Compose(settings).composeString(yaml);
            if (node.isEmpty()) {
                problem(1, 1, "", what, "an empty document");
            }
            return node.map(found -> new Value(found, "")).orElse(null);
        } catch (MarkedYamlEngineException broken) {
            Optional<Mark> mark = broken.getProblemMark();
            problem(
                    mark.map(Mark::getLine).orElse(0) + 1,
                    mark.map(Mark::getColumn).orElse(0) + 1,
                    "",
                    "well-formed YAML, one document",
                    String.valueOf(broken.getProblem()));
        } catch (YamlEngineException broken) {
            problem(1, 1, "", "well-formed YAML, one document", String.valueOf(broken.getMessage()));
        }
        return null;
    }

    /** Composing recurses, so depth is looked at beforehand, in the stream of events. */
    private boolean tooDeep(Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                Optional<Mark> mark = event.getStartMark();
                problem(
                        mark.map(Mark::getLine).orElse(0) + 1,
                        mark.map(Mark::getColumn).orElse(0) + 1,
                        "",
                        "at most " + MAX_DEPTH + " levels",
                        "more");
                return true;
            }
        }
        return false;
    }

    /** Something is wrong there. */
    public void problem(Value at, String expected, String found) {
        Optional<Mark> mark = at.node().getStartMark();
        problem(
                mark.map(Mark::getLine).orElse(0) + 1,
                mark.map(Mark::getColumn).orElse(0) + 1,
                at.path(),
                expected,
                found);
    }

    /** Takes over a message of the form {@code expected …, found …}. */
    @SuppressWarnings("ReferenceEquality") // the very exception that ended the reading, on its way out
    public void problem(Value at, IllegalArgumentException refused) {
        if (refused == end) {
            throw refused;
        }
        String message = String.valueOf(refused.getMessage());
        int found = message.indexOf(", found ");
        boolean split = message.startsWith("expected ") && found > 0;
        problem(
                at,
                split ? message.substring("expected ".length(), found) : "a valid value",
                split ? message.substring(found + ", found ".length()) : message);
    }

    /** Ends the reading where there are too many: what else there is nobody reads. */
    private void problem(int line, int column, String path, String expected, String found) {
        problems.add(new Problem(
                file, line, column, path, shortened(expected, MAX_EXPECTED_SHOWN), shortened(found, MAX_FOUND_SHOWN)));
        if (problems.size() >= MAX_PROBLEMS) {
            throw end();
        }
    }

    private RuntimeException end() {
        RuntimeException refused = invalid();
        end = refused;
        return refused;
    }

    /** On one line, and not longer than is useful. */
    private static String shortened(String text, int most) {
        StringBuilder shortened = new StringBuilder();
        for (int i = 0; i < text.length() && shortened.length() < most; i++) {
            char c = text.charAt(i);
            shortened.append(Character.isISOControl(c) ? ' ' : c);
        }
        return text.length() <= most ? shortened.toString() : shortened + "…";
    }

    /** How many problems were found so far. */
    public int problemCount() {
        return problems.size();
    }

    /** The refusal of the document, with its problems in the order in which they stand in it. */
    public RuntimeException invalid() {
        problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        return refusal.apply(problems);
    }

    /** Ends the reading where aliases make a small document huge. */
    private void count(Value value) {
        if (++values > MAX_VALUES) {
            problem(value, "at most " + MAX_VALUES + " values", "more");
            throw end();
        }
    }

    /** The entries of a mapping; keys that are not {@code allowed} are problems, with what may have been meant. */
    public Map<String, Value> mapping(Value value, String what, List<String> allowed) {
        Map<String, Value> entries = new LinkedHashMap<>();
        if (!(value.node() instanceof MappingNode mapping)) {
            problem(value, what, found(value));
            return entries;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            count(value);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problem(new Value(tuple.getKeyNode(), value.path()), "a name", "a collection");
                continue;
            }
            String name = key.getValue();
            String shown = shortened(name, MAX_NAME_SHOWN);
            String path = value.path().isEmpty() ? shown : value.path() + "." + shown;
            Value at = new Value(key, path);
            if (!allowed.isEmpty() && !allowed.contains(name)) {
                problem(at, Suggestion.oneOf(name, allowed), "'" + name + "'");
            } else if (name.isBlank()) {
                problem(at, "a name", "'" + name + "'");
            } else if (entries.putIfAbsent(name, new Value(tuple.getValueNode(), path)) != null) {
                problem(at, "each name once", "'" + name + "' again");
            }
        }
        return entries;
    }

    /** The items of a sequence, or the value itself where a single one stands. */
    public List<Value> items(Value value) {
        if (!(value.node() instanceof SequenceNode sequence)) {
            return List.of(value);
        }
        List<Value> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            count(value);
            items.add(new Value(item, value.path() + "[" + items.size() + "]"));
        }
        return items;
    }

    /** The items of a sequence; anything else is a problem. */
    public List<Value> list(Value value, String what) {
        if (value.node() instanceof SequenceNode) {
            return items(value);
        }
        problem(value, what, found(value));
        return List.of();
    }

    public boolean isMapping(Value value) {
        return value.node() instanceof MappingNode;
    }

    public boolean isSequence(Value value) {
        return value.node() instanceof SequenceNode;
    }

    /** The text of a scalar that is not null, or null after a problem. */
    public @Nullable String text(Value value, String what) {
        if (value.node() instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return scalar.getValue();
        }
        problem(value, what, found(value));
        return null;
    }

    /** A name that can be shown, stored and referred to, or null after a problem. */
    public @Nullable String name(Value value) {
        String text = text(value, "a name");
        if (text == null) {
            return null;
        }
        boolean plain = text.indexOf('|') < 0 && text.chars().noneMatch(Character::isISOControl);
        if (text.isBlank() || text.length() > MAX_NAME || !plain) {
            problem(value, "a name of 1 to " + MAX_NAME + " characters on one line without |", "'" + text + "'");
            return null;
        }
        return text;
    }

    /** Text on one line, or null after a problem. */
    public @Nullable String line(Value value, String what) {
        String text = text(value, what);
        if (text != null && text.chars().anyMatch(Character::isISOControl)) {
            problem(value, what + " on one line", "a line break or control character");
            return null;
        }
        return text;
    }

    /** One of these words, or null after a problem. */
    public @Nullable String word(Value value, List<String> words) {
        String text = text(value, Suggestion.oneOf("", words));
        if (text != null && !words.contains(text)) {
            problem(value, Suggestion.oneOf(text, words), "'" + text + "'");
            return null;
        }
        return text;
    }

    /** A whole number in range, digits perhaps grouped by {@code _} or {@code ,}; {@code least} after a problem. */
    public long number(Value value, String what, long least, long most) {
        String expected = what + " from " + least + " to " + most;
        String text = text(value, expected);
        if (text == null) {
            return least;
        }
        try {
            long number = text.length() > MAX_NUMBER_LENGTH ? least - 1 : Long.parseLong(Numbers.plain(text));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        problem(value, expected, "'" + text + "'");
        return least;
    }

    public boolean bool(Value value) {
        return "true".equals(word(value, List.of("true", "false")));
    }

    /** How messages show a value. */
    public static String found(Value value) {
        if (value.node() instanceof MappingNode) {
            return "a mapping";
        }
        if (value.node() instanceof SequenceNode) {
            return "a list";
        }
        String text = value.node() instanceof ScalarNode scalar ? scalar.getValue() : "";
        return value.node().getTag().equals(Tag.NULL) ? "nothing" : "'" + text + "'";
    }
}
