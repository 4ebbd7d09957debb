package io.weir.engine.policy;

import io.weir.engine.document.Document;
import io.weir.engine.document.Document.Value;
import io.weir.engine.document.Suggestion;
import io.weir.engine.policy.BlockRule.Offences;
import io.weir.engine.policy.KeyAttribute.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads blocks. */
final class BlockReader {
    static final List<String> KEYS = List.of("name", "key", "of", "after", "for", "mode");

    private final Document document;
    private final RuleReader rules;
    private final List<Rule> known;

    BlockReader(Document document, RuleReader rules, List<Rule> known) {
        this.document = document;
        this.rules = rules;
        this.known = known;
    }

    @Nullable
    BlockRule block(Value value) {
        Map<String, Value> entries = document.mapping(value, "a block with name, key, after and for", KEYS);
        if (!document.isMapping(value)) {
            return null;
        }
        String name = rules.name(value, entries);
        List<KeyAttribute> key = rules.key(value, entries.get("key"));
        checkKey(entries.get("key"), key);
        Limit after = after(value, entries.get("after"));
        List<Long> lengths = lengths(value, entries.get("for"));
        Offences offences = offences(entries.get("of"));
        boolean shadow = rules.shadow(entries.get("mode"));
        if (name == null || key.isEmpty() || after == null || lengths.isEmpty()) {
            return null;
        }
        return new BlockRule(name, key, after, lengths, offences, shadow);
    }

    /** A block is about a subject on all routes. */
    private void checkKey(@Nullable Value value, List<KeyAttribute> key) {
        for (KeyAttribute attribute : key) {
            for (KeyAttribute.Source source : attribute.sources()) {
                boolean perRoute = source.kind() == Kind.PATH || source.kind() == Kind.ROUTE;
                if (perRoute && value != null) {
                    document.problem(
                            value, "what is blocked on every route, like ip or token", "'" + source.text() + "'");
                }
            }
        }
    }

    private @Nullable Limit after(Value owner, @Nullable Value value) {
        if (value == null) {
            document.problem(owner, "after: how many strikes in which window, like 10 per minute", "no 'after'");
            return null;
        }
        Limit after = new LimitReader(document).limit(value, null);
        if (after == null) {
            return null;
        }
        boolean plain = after.reference() == null && after.times() == null && after.count() >= 1;
        if (!plain || after.algorithm() == Limit.Algorithm.BUCKET) {
            document.problem(value, "a constant of at least 1 in a window, like 10 per minute", Document.found(value));
            return null;
        }
        return after;
    }

    private List<Long> lengths(Value owner, @Nullable Value value) {
        List<Long> lengths = new ArrayList<>();
        if (value == null) {
            document.problem(owner, "for: how long, like 1 hour or [1 hour, 1 day]", "no 'for'");
            return lengths;
        }
        for (Value item : document.items(value)) {
            String text = document.text(item, "a length like 1 hour");
            try {
                if (text != null) {
                    lengths.add(Durations.millis(text));
                }
            } catch (IllegalArgumentException refused) {
                document.problem(item, refused);
            }
        }
        if (lengths.isEmpty() && document.items(value).isEmpty()) {
            document.problem(value, "at least one length like 1 hour", "none");
        }
        return lengths;
    }

    private Offences offences(@Nullable Value value) {
        if (value == null
                || (!document.isMapping(value) && "throttles".equals(document.word(value, List.of("throttles"))))) {
            return new Offences(Set.of(), Set.of());
        }
        Map<String, Value> entries =
                document.mapping(value, "throttles, {rules: […]} or {status: […]}", List.of("rules", "status"));
        if (entries.size() != 1) {
            if (document.isMapping(value)) {
                document.problem(value, "either rules or status", entries.size() + " of them");
            }
            return new Offences(Set.of(), Set.of());
        }
        Value status = entries.get("status");
        if (status != null) {
            return new Offences(Set.of(), rules.statuses(status));
        }
        Set<String> named = new HashSet<>();
        List<String> all = known.stream().map(Rule::name).toList();
        for (Value each : entries.values()) {
            List<Value> items = document.items(each);
            if (items.isEmpty()) {
                document.problem(each, "the name of at least one rule", "none");
            }
            for (Value item : items) {
                String name = document.text(item, "the name of a rule");
                if (name != null && !all.contains(name)) {
                    String names = all.isEmpty() ? "but the policy has none" : Suggestion.oneOf(name, all);
                    document.problem(item, "the name of a rule: " + names, "'" + name + "'");
                } else if (name != null) {
                    named.add(name);
                }
            }
        }
        return new Offences(named, Set.of());
    }
}
