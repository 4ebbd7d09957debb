package io.weir.engine.policy;

import io.weir.engine.document.Document;
import io.weir.engine.document.Document.Value;
import io.weir.engine.policy.Responses.Response;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a policy from YAML. All that is wrong is told at once; an invalid policy gives none. */
public final class PolicyReader {
    static final List<String> KEYS = List.of(
            "policy",
            "zone",
            "deduplicate",
            "routes",
            "fail",
            "mode",
            "rules",
            "blocks",
            "allow",
            "deny",
            "responses",
            "usage");
    static final List<String> RESPONSE_KEYS = List.of("status", "reason", "headers", "body", "contentType");

    private final Document document;

    private PolicyReader(Document document) {
        this.document = document;
    }

    /**
     * Reads a policy.
     *
     * @param file what to call the document in messages
     * @throws InvalidPolicyException naming file, line, column, what was expected and what was found, for each problem
     */
    public static Policy read(String file, String yaml) {
        Document document = new Document(file, "a policy", InvalidPolicyException::new);
        Value root = document.root(yaml);
        Policy policy = root == null ? null : new PolicyReader(document).policy(root);
        if (policy == null || document.problemCount() > 0) {
            throw document.invalid();
        }
        return policy;
    }

    private @Nullable Policy policy(Value root) {
        Map<String, Value> entries = document.mapping(root, "a mapping with policy and rules", KEYS);
        String domain = domain(root, entries.get("policy"));
        Value routes = entries.get("routes");
        boolean ignoreCase =
                routes != null && "ignore-case".equals(document.word(routes, List.of("match-case", "ignore-case")));
        RuleReader ruleReader = new RuleReader(document, ignoreCase);
        List<Rule> rules = all(entries.get("rules"), "a list of rules", ruleReader::rule, Rule::name);
        BlockReader blockReader = new BlockReader(document, ruleReader, rules);
        List<BlockRule> blocks = all(entries.get("blocks"), "a list of blocks", blockReader::block, BlockRule::name);
        ZoneId zone = zone(entries.get("zone"));
        long deduplicate = length(entries.get("deduplicate"));
        Value fail = entries.get("fail");
        boolean failClosed = fail != null && "closed".equals(document.word(fail, List.of("open", "closed")));
        boolean shadow = ruleReader.shadow(entries.get("mode"));
        List<Condition> allow = conditions(entries.get("allow"));
        List<Condition> deny = conditions(entries.get("deny"));
        Responses responses = responses(entries.get("responses"));
        UsageEndpoint usage = usage(entries.get("usage"));
        if (domain == null) {
            return null;
        }
        return new Policy(
                domain,
                zone,
                deduplicate,
                ignoreCase,
                failClosed,
                shadow,
                rules,
                blocks,
                allow,
                deny,
                responses,
                usage);
    }

    private @Nullable String domain(Value root, @Nullable Value value) {
        if (value == null) {
            if (document.isMapping(root)) {
                document.problem(root, "policy: the domain that the policy governs", "no 'policy'");
            }
            return null;
        }
        return document.name(value);
    }

    /** Reads each item of a list; names must differ. */
    private <T> List<T> all(
            @Nullable Value value, String what, Function<Value, @Nullable T> reader, Function<T, String> name) {
        List<T> read = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Value item : value == null ? List.<Value>of() : document.list(value, what)) {
            T each = reader.apply(item);
            if (each == null) {
                continue;
            }
            if (!names.add(name.apply(each))) {
                document.problem(item, "each name once", "'" + name.apply(each) + "' again");
            }
            read.add(each);
        }
        return read;
    }

    private ZoneId zone(@Nullable Value value) {
        String text = value == null ? null : document.text(value, "a time zone like Europe/Madrid");
        if (value != null && text != null) {
            try {
                return ZoneId.of(text);
            } catch (DateTimeException unknown) {
                document.problem(value, "a time zone like Europe/Madrid or UTC", "'" + text + "'");
            }
        }
        return ZoneOffset.UTC;
    }

    private long length(@Nullable Value value) {
        String text = value == null ? null : document.text(value, "a length like 5m");
        if (value == null || text == null) {
            return 0;
        }
        try {
            return Durations.millis(text);
        } catch (IllegalArgumentException refused) {
            document.problem(value, refused);
            return 0;
        }
    }

    private List<Condition> conditions(@Nullable Value value) {
        List<Condition> conditions = new ArrayList<>();
        for (Value item : value == null ? List.<Value>of() : document.items(value)) {
            String text = document.text(item, "a condition like ip in 10.0.0.0/8 or token = leaked");
            try {
                if (text != null) {
                    conditions.add(Attributes.condition(text));
                }
            } catch (IllegalArgumentException refused) {
                document.problem(item, refused);
            }
        }
        return conditions;
    }

    private Responses responses(@Nullable Value value) {
        Responses usual = Responses.DEFAULT;
        if (value == null) {
            return usual;
        }
        Map<String, Value> entries = document.mapping(value, "responses", List.of("allowed", "throttled", "blocked"));
        return new Responses(
                response(entries.get("allowed"), usual.allowed()),
                response(entries.get("throttled"), usual.throttled()),
                response(entries.get("blocked"), usual.blocked()));
    }

    private Response response(@Nullable Value value, Response usual) {
        if (value == null) {
            return usual;
        }
        Map<String, Value> entries = document.mapping(value, "a response", RESPONSE_KEYS);
        Value status = entries.get("status");
        Map<String, String> headers = new HashMap<>();
        Value named = entries.get("headers");
        if (named != null) {
            document.mapping(named, "headers by name", List.of()).forEach((name, header) -> {
                String text = document.line(header, "a header's value");
                if (!token(name)) {
                    document.problem(header, "a header name of letters, digits and -", "'" + name + "'");
                } else if (text != null) {
                    headers.put(name, text);
                }
            });
        }
        return new Response(
                status == null ? usual.status() : (int) document.number(status, "an HTTP status", 100, 599),
                line(entries.get("reason"), "a reason phrase"),
                headers,
                body(entries.get("body")),
                line(entries.get("contentType"), "a content type"));
    }

    private static boolean token(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0));
    }

    private @Nullable String body(@Nullable Value value) {
        return value == null ? null : document.text(value, "text");
    }

    private @Nullable String line(@Nullable Value value, String what) {
        return value == null ? null : document.line(value, what);
    }

    private @Nullable UsageEndpoint usage(@Nullable Value value) {
        if (value == null) {
            return null;
        }
        Map<String, Value> entries =
                document.mapping(value, "usage with path and body", List.of("path", "body", "contentType"));
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
        String body = body(entries.get("body"));
        String contentType = line(entries.get("contentType"), "a content type");
        return path == null || body == null ? null : new UsageEndpoint(path, body, contentType);
    }
}
