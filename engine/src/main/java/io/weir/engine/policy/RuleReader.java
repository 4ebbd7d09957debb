package io.weir.engine.policy;

import io.weir.engine.document.Document;
import io.weir.engine.document.Document.Value;
import io.weir.engine.match.RoutePattern;
import io.weir.engine.policy.KeyAttribute.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads rules. */
final class RuleReader {
    static final List<String> KEYS =
            List.of("name", "match", "except", "key", "limits", "hits", "when", "where", "count", "missing", "mode");

    /** {@code [POST,PUT /api/**]} is two items to YAML, of which the first would be every POST. */
    private static final Pattern METHODS_ALONE = Pattern.compile("[A-Z,]{1,200}");

    private final Document document;
    private final LimitReader limits;
    private final boolean ignoreCase;

    RuleReader(Document document, boolean ignoreCase) {
        this.document = document;
        this.limits = new LimitReader(document);
        this.ignoreCase = ignoreCase;
    }

    @Nullable
    Rule rule(Value value) {
        Map<String, Value> entries = document.mapping(value, "a rule with name, key and limits", KEYS);
        if (!document.isMapping(value)) {
            return null;
        }
        String name = name(value, entries);
        Value matched = entries.get("match");
        List<RoutePattern> match = routes(matched);
        if (matched != null && document.items(matched).isEmpty()) {
            document.problem(matched, "at least one route, or no 'match' for every request", "none");
        }
        List<RoutePattern> except = routes(entries.get("except"));
        List<KeyAttribute> key = key(value, entries.get("key"));
        Value quotas = entries.get("limits");
        if (quotas == null) {
            document.problem(value, "limits like [60 per minute]", "no 'limits'");
        }
        List<Limit> read = quotas == null ? List.of() : limits.limits(quotas);
        checkParameters(entries.get("key"), key, match);
        String hits = hits(entries.get("hits"));
        Set<Integer> when = when(entries.get("when"));
        Map<String, Set<String>> where = where(entries.get("where"));
        boolean all = is(entries.get("count"), "all", List.of("admitted", "all"));
        boolean deny = is(entries.get("missing"), "deny", List.of("skip", "deny"));
        boolean shadow = shadow(entries.get("mode"));
        if (name == null || key.isEmpty() || read.isEmpty()) {
            return null;
        }
        return new Rule(name, match, except, key, read, hits, when, where, all, deny, shadow);
    }

    @Nullable
    String name(Value value, Map<String, Value> entries) {
        Value name = entries.get("name");
        if (name == null) {
            document.problem(value, "a name", "no 'name'");
            return null;
        }
        return document.name(name);
    }

    boolean shadow(@Nullable Value mode) {
        return is(mode, "shadow", List.of("enforce", "shadow"));
    }

    private boolean is(@Nullable Value value, String word, List<String> words) {
        return value != null && word.equals(document.word(value, words));
    }

    private List<RoutePattern> routes(@Nullable Value value) {
        List<RoutePattern> routes = new ArrayList<>();
        List<Value> items = value == null ? List.of() : document.items(value);
        for (Value item : items) {
            String text = document.text(item, "a route like GET /device/{id}");
            try {
                if (text != null
                        && items.size() > 1
                        && METHODS_ALONE.matcher(text).matches()) {
                    document.problem(
                            item,
                            "a route after the methods (in quotes, where it has a comma: \"GET,POST /**\")",
                            "'" + text + "'");
                } else if (text != null) {
                    routes.add(RoutePattern.parse(text, ignoreCase));
                }
            } catch (IllegalArgumentException refused) {
                document.problem(item, refused);
            }
        }
        return routes;
    }

    List<KeyAttribute> key(Value owner, @Nullable Value value) {
        List<KeyAttribute> key = new ArrayList<>();
        if (value == null) {
            document.problem(owner, "key: what is counted per, like [token]", "no 'key'");
            return key;
        }
        List<Value> items = document.items(value);
        if (items.isEmpty()) {
            document.problem(value, "at least one key attribute", "none");
        }
        Set<String> seen = new HashSet<>();
        for (Value item : items) {
            String text = document.text(item, "a key attribute like token");
            try {
                if (text != null && !seen.add(text)) {
                    document.problem(item, "each key attribute once", "'" + text + "' again");
                } else if (text != null) {
                    key.add(Attributes.key(text));
                }
            } catch (IllegalArgumentException refused) {
                document.problem(item, refused);
            }
        }
        return key;
    }

    /** A parameter in the key must be in every route of the rule. */
    private void checkParameters(@Nullable Value value, List<KeyAttribute> key, List<RoutePattern> match) {
        for (KeyAttribute attribute : key) {
            for (KeyAttribute.Source source : attribute.sources()) {
                boolean everywhere = source.kind() != Kind.PATH
                        || (!match.isEmpty()
                                && match.stream()
                                        .allMatch(route ->
                                                route.segments().contains(new RoutePattern.Parameter(source.name()))));
                if (!everywhere && value != null) {
                    document.problem(
                            value,
                            "{" + source.name() + "} in every route that the rule matches",
                            "'" + source.text() + "'");
                }
            }
        }
    }

    private @Nullable String hits(@Nullable Value value) {
        String text = value == null ? null : document.text(value, "attributes.<name>");
        if (text == null || value == null) {
            return null;
        }
        String name = text.startsWith("attributes.") ? text.substring("attributes.".length()) : "";
        if (name.isEmpty()) {
            document.problem(value, "attributes.<name>, the event's attribute that gives the hits", "'" + text + "'");
            return null;
        }
        return name;
    }

    private Set<Integer> when(@Nullable Value value) {
        if (value == null) {
            return Set.of();
        }
        Value status =
                document.mapping(value, "status: [401, 403]", List.of("status")).get("status");
        if (status == null) {
            document.problem(value, "status: [401, 403]", "no 'status'");
            return Set.of();
        }
        return statuses(status);
    }

    Set<Integer> statuses(Value value) {
        Set<Integer> statuses = new HashSet<>();
        for (Value item : document.items(value)) {
            statuses.add((int) document.number(item, "an HTTP status", 100, 599));
        }
        if (statuses.isEmpty()) {
            document.problem(value, "at least one HTTP status", "none");
        }
        return statuses;
    }

    private Map<String, Set<String>> where(@Nullable Value value) {
        Map<String, Set<String>> where = new HashMap<>();
        int before = document.problemCount();
        if (value == null) {
            return where;
        }
        document.mapping(value, "attributes and their values, like {plan: free}", List.of())
                .forEach((name, wanted) -> {
                    Set<String> values = new HashSet<>();
                    for (Value item : document.items(wanted)) {
                        String text = document.text(item, "a value");
                        if (text != null) {
                            values.add(text);
                        }
                    }
                    if (values.isEmpty() && document.items(wanted).isEmpty()) {
                        document.problem(wanted, "at least one value", "none");
                    }
                    where.put(name, values);
                });
        if (where.isEmpty() && document.problemCount() == before) {
            document.problem(value, "at least one attribute", "none");
        }
        return where;
    }
}
