package io.weir.engine.policy;

import io.weir.engine.document.Document;
import io.weir.engine.document.Document.Value;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a policy from YAML. All that is wrong is told at once; an invalid policy gives none. */
public final class PolicyReader {
    /** The most rules, and the most blocks, of a policy. */
    static final int MAX_RULES = 1_000;

    /** The most routes of a policy, those of {@code except} included: each request is held against all of them. */
    static final int MAX_ROUTES = 2_000;

    /** The most limits of a policy, those of all plans together. */
    static final int MAX_LIMITS = 2_000;

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
        sizes(entries.get("rules"), rules);
        BlockReader blockReader = new BlockReader(document, ruleReader, rules);
        List<BlockRule> blocks = all(entries.get("blocks"), "a list of blocks", blockReader::block, BlockRule::name);
        ZoneId zone = zone(entries.get("zone"));
        long deduplicate = length(entries.get("deduplicate"));
        Value fail = entries.get("fail");
        boolean failClosed = fail != null && "closed".equals(document.word(fail, List.of("open", "closed")));
        boolean shadow = ruleReader.shadow(entries.get("mode"));
        List<Condition> allow = conditions(entries.get("allow"));
        List<Condition> deny = conditions(entries.get("deny"));
        ResponseReader responseReader = new ResponseReader(document, rules);
        Responses responses = responseReader.responses(entries.get("responses"));
        UsageEndpoint usage = responseReader.usage(entries.get("usage"));
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

    /** What every request costs, and how large a subject's entry can get, is bounded. */
    private void sizes(@Nullable Value value, List<Rule> rules) {
        int routes = rules.stream()
                .mapToInt(rule -> rule.match().size() + rule.except().size())
                .sum();
        int limits = rules.stream().mapToInt(rule -> rule.limits().size()).sum();
        if (value != null && routes > MAX_ROUTES) {
            document.problem(value, "at most " + MAX_ROUTES + " routes in all rules", Integer.toString(routes));
        }
        if (value != null && limits > MAX_LIMITS) {
            document.problem(value, "at most " + MAX_LIMITS + " limits in all rules", Integer.toString(limits));
        }
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
        List<Value> items = value == null ? List.of() : document.list(value, what);
        if (value != null && items.size() > MAX_RULES) {
            document.problem(value, "at most " + MAX_RULES + " of them", Integer.toString(items.size()));
            return read;
        }
        for (Value item : items) {
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
}
