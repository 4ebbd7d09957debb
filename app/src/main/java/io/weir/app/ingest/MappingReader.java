package io.weir.app.ingest;

import io.weir.engine.Request;
import io.weir.engine.document.Document;
import io.weir.engine.document.Document.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a mapping from YAML. All that is wrong is told at once; an invalid mapping gives none. */
public final class MappingReader {
    static final List<String> KEYS = List.of(
            "ingest",
            "topic",
            "domain",
            "when",
            "unwrap",
            "pattern",
            "timestamp",
            "requestId",
            "method",
            "path",
            "ip",
            "token",
            "device",
            "account",
            "profile",
            "user",
            "status",
            "hits",
            "attributes");
    static final List<String> CONDITION_KEYS = List.of("field", "is", "not");

    private static final List<String> OPTIONAL =
            List.of("requestId", "token", "device", "account", "profile", "user", "status");
    private static final List<String> REQUIRED = List.of("ingest", "domain", "timestamp", "method", "path");
    private static final String HITS = "a whole number of at least 0, or a path to one";
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final String KAFKA_TIME = "kafka";
    private static final String ADDRESS = "address";

    private final Document document;
    private final SourceReader sources;

    private MappingReader(Document document) {
        this.document = document;
        this.sources = new SourceReader(document);
    }

    /**
     * Reads a mapping.
     *
     * @param file what to call the document in messages
     * @throws InvalidMappingException naming file, line, column, what was expected and what was found, for each problem
     */
    public static Mapping read(String file, String yaml) {
        Document document = new Document(file, "a mapping with ingest and timestamp", InvalidMappingException::new);
        Value root = document.root(yaml);
        Mapping mapping = root == null ? null : new MappingReader(document).mapping(root);
        if (mapping == null || document.problemCount() > 0) {
            throw document.invalid();
        }
        return mapping;
    }

    private @Nullable Mapping mapping(Value root) {
        Map<String, Value> entries = document.mapping(root, "a mapping with ingest and timestamp", KEYS);
        if (!document.isMapping(root)) {
            return null;
        }
        for (String needed : REQUIRED) {
            if (!entries.containsKey(needed)) {
                document.problem(root, needed + ": " + meaning(needed), "no '" + needed + "'");
            }
        }
        Value named = entries.get("ingest");
        String gateway = named == null ? null : document.name(named);
        TextPattern pattern = pattern(entries.get("pattern"));
        List<EntryCondition> when = when(root, entries.get("when"), pattern != null);
        List<FieldPath> unwrap = unwrap(entries.get("unwrap"));
        Map<String, Source> fields = new HashMap<>();
        for (String field : OPTIONAL) {
            source(field, entries.get(field), fields);
        }
        source("method", entries.get("method"), fields);
        source("path", entries.get("path"), fields);
        domain(entries.get("domain"), fields);
        hits(entries.get("hits"), fields);
        TimeFormat time = time(entries.get("timestamp"), fields);
        boolean addressesOnly = ip(entries.get("ip"), fields);
        Map<String, Source> attributes = attributes(entries.get("attributes"));
        Value topic = entries.get("topic");
        String topicName = topic == null ? null : topic(topic);
        return gateway == null
                ? null
                : new Mapping(gateway, topicName, when, unwrap, pattern, fields, time, addressesOnly, attributes);
    }

    private @Nullable String topic(Value value) {
        String text = document.text(value, "the name of a topic");
        if (text != null && !TOPIC.matcher(text).matches()) {
            document.problem(
                    value, "the name of a topic: letters, digits, dots, dashes, underscores", "'" + text + "'");
        }
        return text;
    }

    private static String meaning(String field) {
        return switch (field) {
            case "ingest" -> "the name of the gateway";
            case "domain" -> "the domain of the requests, or { from: … }";
            case "timestamp" -> "where the time of the request is, like { from: started_at, as: epoch-ms }";
            default -> "where the request's " + field + " is";
        };
    }

    private void source(String field, @Nullable Value value, Map<String, Source> fields) {
        if (value != null) {
            sources.withoutAs(value, "timestamp and ip");
            fields.put(field, sources.source(value));
        }
    }

    /** A domain is written as it is: most topics are about one. */
    private void domain(@Nullable Value value, Map<String, Source> fields) {
        if (value != null && document.isMapping(value)) {
            source("domain", value, fields);
        } else if (value != null) {
            String name = document.name(value);
            if (name != null) {
                fields.put("domain", Source.constant(name));
            }
        }
    }

    private void hits(@Nullable Value value, Map<String, Source> fields) {
        if (value == null) {
            return;
        }
        String text = document.isMapping(value) || document.isSequence(value) ? null : document.text(value, HITS);
        if (text != null && text.startsWith("-")) {
            document.problem(value, HITS, "'" + text + "'");
        } else if (text != null && !text.isEmpty() && text.chars().allMatch(Character::isDigit)) {
            fields.put("hits", Source.constant(Long.toString(document.number(value, "hits", 0, Request.MAX_HITS))));
        } else {
            source("hits", value, fields);
        }
    }

    private @Nullable TimeFormat time(@Nullable Value value, Map<String, Source> fields) {
        if (value == null) {
            return null;
        }
        if (!document.isMapping(value)) {
            String text = document.text(value, "kafka, or from and as");
            if (text != null && !text.equals(KAFKA_TIME)) {
                document.problem(
                        value,
                        "{ from: …, as: one of " + String.join(", ", TimeFormat.words())
                                + " }, or kafka for the record's own time",
                        "'" + text + "'");
            }
            return null;
        }
        fields.put("timestamp", sources.source(value));
        int before = document.problemCount();
        String word = sources.as(value, TimeFormat.words());
        if (word == null && document.problemCount() == before) {
            document.problem(value, "as: one of " + String.join(", ", TimeFormat.words()), "no 'as'");
        }
        return word == null ? null : TimeFormat.of(word);
    }

    private boolean ip(@Nullable Value value, Map<String, Source> fields) {
        if (value == null) {
            return false;
        }
        fields.put("ip", sources.source(value));
        return sources.as(value, List.of(ADDRESS)) != null;
    }

    private Map<String, Source> attributes(@Nullable Value value) {
        Map<String, Source> attributes = new HashMap<>();
        if (value != null) {
            document.mapping(value, "attributes by name, like { plan: consumer.tags.0 }", List.of())
                    .forEach((name, source) -> source(name, source, attributes));
        }
        return attributes;
    }

    private @Nullable TextPattern pattern(@Nullable Value value) {
        String text = value == null ? null : document.text(value, "a regular expression with named groups");
        try {
            return value == null || text == null ? null : TextPattern.parse(text);
        } catch (IllegalArgumentException refused) {
            document.problem(value, refused);
            return null;
        }
    }

    private List<FieldPath> unwrap(@Nullable Value value) {
        List<FieldPath> paths = new ArrayList<>();
        if (value == null) {
            return List.of(FieldPath.parse("message"), FieldPath.parse("log"));
        }
        for (Value item : document.items(value)) {
            FieldPath path = sources.path(item);
            if (path != null) {
                paths.add(path);
            }
        }
        return paths;
    }

    private List<EntryCondition> when(Value root, @Nullable Value value, boolean hasPattern) {
        List<EntryCondition> conditions = new ArrayList<>();
        if (value == null) {
            if (!hasPattern) {
                document.problem(root, "when: what only the entries of this kind have, like started_at", "no 'when'");
            }
            return conditions;
        }
        for (Value item : document.items(value)) {
            EntryCondition condition = condition(item);
            if (condition != null) {
                conditions.add(condition);
            }
        }
        if (document.isSequence(value) && document.items(value).isEmpty()) {
            document.problem(value, "at least one field", "none");
        }
        return conditions;
    }

    private @Nullable EntryCondition condition(Value value) {
        if (!document.isMapping(value)) {
            FieldPath path = sources.path(value);
            return path == null ? null : new EntryCondition(path, List.of(), List.of());
        }
        Map<String, Value> entries = document.mapping(value, "a field, with is or not", CONDITION_KEYS);
        Value field = entries.get("field");
        if (field == null) {
            document.problem(value, "field: a path into the entry like started_at", "no 'field'");
            return null;
        }
        FieldPath path = sources.path(field);
        List<String> is = sources.texts(entries.get("is"), "values of the field");
        List<String> not = sources.texts(entries.get("not"), "values that the field does not have");
        return path == null ? null : new EntryCondition(path, is, not);
    }
}
