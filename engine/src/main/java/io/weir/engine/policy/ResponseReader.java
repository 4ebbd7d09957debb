package io.weir.engine.policy;

import io.weir.engine.document.Document;
import io.weir.engine.document.Document.Value;
import io.weir.engine.policy.Responses.Fields;
import io.weir.engine.policy.Responses.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what edges answer: responses and usage. */
final class ResponseReader {
    static final List<String> KEYS = List.of("headers", "body", "allowed", "throttled", "blocked");
    static final List<String> RESPONSE_KEYS = List.of("status", "reason", "headers", "body", "contentType");
    static final List<String> USAGE_KEYS = List.of("path", "body", "contentType", "counted");
    private static final List<String> FIELDS = List.of("ietf", "classic");

    private final Document document;
    private final Templates templates;

    /** @param rules whose limits templates may name */
    ResponseReader(Document document, List<Rule> rules) {
        this.document = document;
        this.templates = new Templates(rules);
    }

    Responses responses(@Nullable Value value) {
        Responses usual = Responses.DEFAULT;
        if (value == null) {
            return usual;
        }
        Map<String, Value> entries = document.mapping(value, "responses", KEYS);
        Value body = entries.get("body");
        return new Responses(
                response(entries.get("allowed"), usual.allowed()),
                response(entries.get("throttled"), usual.throttled()),
                response(entries.get("blocked"), usual.blocked()),
                fields(entries.get("headers")),
                body != null && "problem".equals(document.word(body, List.of("none", "problem"))));
    }

    private List<Fields> fields(@Nullable Value value) {
        List<Fields> fields = new ArrayList<>();
        for (Value item : value == null ? List.<Value>of() : document.items(value)) {
            String word = document.word(item, FIELDS);
            if (word == null) {
                continue;
            }
            Fields named = Fields.valueOf(word.toUpperCase(Locale.ROOT));
            if (fields.contains(named)) {
                document.problem(item, "each name once", "'" + word + "' again");
            }
            fields.add(named);
        }
        return fields;
    }

    private Response response(@Nullable Value value, Response usual) {
        if (value == null) {
            return usual;
        }
        Map<String, Value> entries = document.mapping(value, "a response", RESPONSE_KEYS);
        Value status = entries.get("status");
        return new Response(
                status == null ? usual.status() : (int) document.number(status, "an HTTP status", 200, 599),
                line(entries.get("reason"), "a reason phrase"),
                headers(entries.get("headers")),
                template(entries.get("body"), Templates.Place.ANSWER),
                line(entries.get("contentType"), "a content type"));
    }

    private Map<String, String> headers(@Nullable Value value) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (value == null) {
            return headers;
        }
        TreeSet<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        document.mapping(value, "headers by name", List.of()).forEach((name, header) -> {
            String text = document.line(header, "a header's value");
            if (!token(name)) {
                document.problem(header, "a header name of letters, digits and -", "'" + name + "'");
            } else if (!seen.add(name)) {
                document.problem(header, "each header once", "'" + name + "' again");
            } else if (text != null) {
                check(header, text, Templates.Place.ANSWER);
                headers.put(name, text);
            }
        });
        return headers;
    }

    private static boolean token(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0));
    }

    private @Nullable String template(@Nullable Value value, Templates.Place place) {
        String text = value == null ? null : document.text(value, "text");
        if (value != null && text != null) {
            check(value, text, place);
        }
        return text;
    }

    private void check(Value value, String template, Templates.Place place) {
        try {
            templates.check(template, place);
        } catch (IllegalArgumentException refused) {
            document.problem(value, refused);
        }
    }

    private @Nullable String line(@Nullable Value value, String what) {
        return value == null ? null : document.line(value, what);
    }

    @Nullable
    UsageEndpoint usage(@Nullable Value value) {
        if (value == null) {
            return null;
        }
        Map<String, Value> entries = document.mapping(value, "usage with path and body", USAGE_KEYS);
        if (!document.isMapping(value)) {
            return null;
        }
        for (String needed : List.of("path", "body")) {
            if (!entries.containsKey(needed)) {
                document.problem(value, "both path and body", "no '" + needed + "'");
            }
        }
        Value at = entries.get("path");
        String path = line(at, "a path like /rate-limit");
        if (at != null && path != null && (!path.startsWith("/") || !path.matches("[^\\s*{}?#]+"))) {
            document.problem(at, "a path like /rate-limit, without parameters", "'" + path + "'");
        }
        String body = template(entries.get("body"), Templates.Place.USAGE);
        String contentType = line(entries.get("contentType"), "a content type");
        Value counted = entries.get("counted");
        boolean counts = counted != null && document.bool(counted);
        return path == null || body == null ? null : new UsageEndpoint(path, body, contentType, counts);
    }
}
