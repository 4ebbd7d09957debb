package io.weir.engine.policy;

import io.weir.engine.document.Document;
import io.weir.engine.document.Document.Value;
import io.weir.engine.policy.Limit.Algorithm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads limits: texts, mappings, or either by plan. */
final class LimitReader {
    static final List<String> KEYS =
            List.of("name", "limit", "times", "per", "algorithm", "align", "burst", "optional");
    private static final String EXAMPLE = "limits like [60 per minute, 500 per hour]";

    private final Document document;

    LimitReader(Document document) {
        this.document = document;
    }

    /** {@code [60 per minute, …]}, {@code {free: 250 per minute, …}} or {@code {limit: …, per: …}}. */
    List<Limit> limits(Value value) {
        List<Limit> limits = new ArrayList<>();
        int before = document.problemCount();
        if (document.isMapping(value)) {
            Map<String, Value> entries = document.mapping(value, EXAMPLE, List.of());
            if (entries.containsKey("limit") || entries.containsKey("per")) {
                addAll(limits, List.of(value), null);
            } else {
                entries.forEach((plan, each) -> {
                    List<Value> items = document.items(each);
                    if (items.isEmpty()) {
                        document.problem(each, EXAMPLE, "none");
                    }
                    addAll(limits, items, plan);
                });
            }
        } else {
            addAll(limits, document.items(value), null);
        }
        if (limits.isEmpty() && document.problemCount() == before) {
            document.problem(value, EXAMPLE, "none");
        }
        return limits;
    }

    private void addAll(List<Limit> limits, List<Value> items, @Nullable String plan) {
        Set<String> names = new HashSet<>();
        for (Value item : items) {
            Limit limit = limit(item, plan);
            if (limit != null && !names.add(limit.name())) {
                document.problem(item, "each limit's name once (give one a name)", "'" + limit.name() + "' again");
            } else if (limit != null) {
                limits.add(limit);
            }
        }
    }

    /** One limit, or null after a problem. */
    @Nullable
    Limit limit(Value value, @Nullable String plan) {
        try {
            if (!document.isMapping(value)) {
                String text = document.text(value, "a limit like 60 per minute");
                if (text == null) {
                    return null;
                }
                Durations.Rate rate = Durations.rate(text);
                String name = rate.window().text();
                return new Limit(name, plan, rate.count(), null, null, rate.window(), Algorithm.FIXED, 0, false);
            }
            return mapped(value, document.mapping(value, "a limit", KEYS), plan);
        } catch (IllegalArgumentException refused) {
            document.problem(value, refused);
            return null;
        }
    }

    private @Nullable Limit mapped(Value value, Map<String, Value> entries, @Nullable String plan) {
        Value count = entries.get("limit");
        Value per = entries.get("per");
        if (count == null) {
            document.problem(value, "limit: a count, or limit and per", "no 'limit'");
            return null;
        }
        long number = 0;
        Limit.Reference reference = null;
        Limit.Window window = null;
        String text = document.text(count, "a count, or where it comes from like account.calls");
        if (text == null) {
            return null;
        }
        if (per == null && text.contains(" per ")) {
            Durations.Rate rate = Durations.rate(text);
            number = rate.count();
            window = rate.window();
        } else if (Character.isLetter(text.isEmpty() ? '0' : text.charAt(0))) {
            reference = read(count, () -> Attributes.reference(text, "a number, or "));
        } else {
            number = document.number(count, "a count", 0, Limit.MAX_COUNT);
        }
        if (per != null) {
            String length = document.text(per, "a length like 1 minute");
            window = length == null ? null : read(per, () -> Durations.window(length));
        }
        if (window == null) {
            if (per == null) {
                document.problem(value, "per: a length like 1 minute", "no 'per'");
            }
            return null;
        }
        return complete(value, entries, plan, number, reference, window);
    }

    private @Nullable Limit complete(
            Value value,
            Map<String, Value> entries,
            @Nullable String plan,
            long number,
            Limit.@Nullable Reference reference,
            Limit.Window window) {
        Value times = entries.get("times");
        Limit.Reference factor = null;
        if (times != null) {
            String text = document.text(times, "what to multiply by, like account.devices");
            factor = text == null ? null : read(times, () -> Attributes.reference(text, ""));
        }
        Algorithm algorithm = algorithm(entries);
        Value burst = entries.get("burst");
        long held = burst == null ? 0 : document.number(burst, "a burst", 1, Limit.MAX_COUNT);
        if (burst != null && algorithm != Algorithm.BUCKET) {
            document.problem(
                    burst, "burst only with algorithm: bucket", algorithm.name().toLowerCase(Locale.ROOT));
        }
        if (algorithm == Algorithm.BUCKET && window.unit() == Limit.Unit.MONTH) {
            document.problem(value, "a bucket that refills over a fixed length, at most weeks", window.text());
        }
        if (algorithm == Algorithm.BUCKET && Math.max(number, held) > Long.MAX_VALUE / 4 / window.nominalMs()) {
            document.problem(value, "a bucket of fewer hits, or over a shorter window", "more than can be counted");
        }
        Value optional = entries.get("optional");
        Value name = entries.get("name");
        String called = name == null ? window.text() : document.name(name);
        if (called == null) {
            return null;
        }
        return new Limit(
                called,
                plan,
                number,
                reference,
                factor,
                window,
                algorithm,
                held,
                optional != null && document.bool(optional));
    }

    private Algorithm algorithm(Map<String, Value> entries) {
        Value algorithm = entries.get("algorithm");
        Value align = entries.get("align");
        String named = algorithm == null ? "fixed" : document.word(algorithm, List.of("fixed", "sliding", "bucket"));
        String aligned = align == null ? "clock" : document.word(align, List.of("clock", "first-hit"));
        if (align != null && "first-hit".equals(aligned)) {
            if (!"fixed".equals(named)) {
                document.problem(align, "align: first-hit only with algorithm: fixed", String.valueOf(named));
            }
            return Algorithm.FIRST_HIT;
        }
        return "sliding".equals(named)
                ? Algorithm.SLIDING
                : "bucket".equals(named) ? Algorithm.BUCKET : Algorithm.FIXED;
    }

    private <T> @Nullable T read(Value at, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException refused) {
            document.problem(at, refused);
            return null;
        }
    }
}
