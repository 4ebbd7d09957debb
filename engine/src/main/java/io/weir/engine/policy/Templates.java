package io.weir.engine.policy;

import io.weir.engine.document.Suggestion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The part of Mustache that policies may use, checked without rendering: {@code {{name}}}, {@code {{#limits}}…{{/limits}}}
 * over every limit, inverted sections and comments. Unescaped values, partials and other delimiters are refused, since
 * what they give cannot be kept safe.
 *
 * <p>Names are {@code limit}, {@code remaining} and the like; {@code limits.minute.remaining} for a limit by its name; and
 * {@code limits.per-token.minute.remaining} for that limit of one rule.
 */
final class Templates {
    private static final List<String> ALWAYS = List.of("domain", "method", "path", "ip");
    private static final List<String> ANSWER = List.of(
            "limit",
            "remaining",
            "current",
            "resetAt",
            "resetIn",
            "retryAfter",
            "rule",
            "window",
            "reason",
            "status",
            "message");
    private static final List<String> LIMIT =
            List.of("rule", "window", "windowMs", "limit", "remaining", "current", "resetAt", "resetIn");
    private static final Set<String> IN_SECTION = Set.of("-first", "-last", "-index", "exhausted");
    private static final String LIMITS = "limits";

    private final Set<String> limitNames = new LinkedHashSet<>();

    /** Where a template stands. */
    enum Place {
        /** The answer to a request. */
        ANSWER,
        /** The answer to a question about usage. */
        USAGE
    }

    Templates(List<Rule> rules) {
        for (Rule rule : rules) {
            for (Limit limit : rule.limits()) {
                limitNames.add(limit.name());
                limitNames.add(rule.name() + "." + limit.name());
            }
        }
    }

    /** @throws IllegalArgumentException saying what was expected and what was found */
    void check(String template, Place place) {
        Deque<String> open = new ArrayDeque<>();
        int at = template.indexOf("{{");
        while (at >= 0) {
            int end = template.indexOf("}}", at + 2);
            if (end < 0) {
                throw refused("}} after " + shown(template.substring(at)), "the end");
            }
            String tag = template.substring(at + 2, end);
            if (tag.startsWith("{")) {
                throw refused("{{name}}, with a space between it and another {", shown("{{" + tag + "}}"));
            }
            tag(tag, place, open);
            at = template.indexOf("{{", end + 2);
        }
        if (!open.isEmpty()) {
            throw refused("{{/" + open.peek() + "}}", "the end");
        }
    }

    private void tag(String tag, Place place, Deque<String> open) {
        char kind = tag.isEmpty() ? ' ' : tag.charAt(0);
        String name = tag.strip();
        switch (kind) {
            case '!' -> {}
            case '#', '^' -> {
                String section = tag.substring(1).strip();
                section(section, place, open);
                open.push(section);
            }
            case '/' -> {
                String section = tag.substring(1).strip();
                if (!section.equals(open.peek())) {
                    String expected = open.isEmpty() ? "a section that was opened" : "{{/" + open.peek() + "}}";
                    throw refused(expected, shown("{{" + tag + "}}"));
                }
                open.pop();
            }
            case '&', '>', '=' -> throw refused("{{name}} or a section", shown("{{" + tag + "}}"));
            default -> variable(name, place, open);
        }
    }

    private void section(String name, Place place, Deque<String> open) {
        boolean inside = open.contains(LIMITS);
        if (name.equals(LIMITS) ? inside : !(inside && IN_SECTION.contains(name)) && !known(name, place, inside)) {
            throw refused(
                    inside ? "a section over exhausted, -first, -last or a name" : "a section over limits or a name",
                    shown("{{#" + name + "}}"));
        }
    }

    private void variable(String name, Place place, Deque<String> open) {
        boolean inside = open.contains(LIMITS);
        if (known(name, place, inside) || (inside && IN_SECTION.contains(name))) {
            return;
        }
        if (name.startsWith(LIMITS + ".")) {
            throw unknownLimit(name);
        }
        List<String> allowed = new ArrayList<>(place == Place.ANSWER ? ANSWER : List.of());
        allowed.addAll(ALWAYS);
        allowed.add("limits.<limit>.<name>");
        throw refused(Suggestion.oneOf(name, allowed), shown("{{" + name + "}}"));
    }

    private boolean known(String name, Place place, boolean inside) {
        if (ALWAYS.contains(name)
                || (place == Place.ANSWER && ANSWER.contains(name))
                || (inside && LIMIT.contains(name))) {
            return true;
        }
        int last = name.lastIndexOf('.');
        return name.startsWith(LIMITS + ".")
                && last > LIMITS.length()
                && LIMIT.contains(name.substring(last + 1))
                && limitNames.contains(name.substring(LIMITS.length() + 1, last));
    }

    private IllegalArgumentException unknownLimit(String name) {
        int last = name.lastIndexOf('.');
        String what = name.substring(last + 1);
        String limit = last > LIMITS.length() ? name.substring(LIMITS.length() + 1, last) : "";
        String expected = LIMIT.contains(what)
                ? "a limit of this policy after limits: " + Suggestion.oneOf(limit, List.copyOf(limitNames))
                : "limits.<limit>.<name> with <name> " + Suggestion.oneOf(what, LIMIT);
        return refused(expected, shown("{{" + name + "}}"));
    }

    private static IllegalArgumentException refused(String expected, String found) {
        return new IllegalArgumentException("expected " + expected + ", found " + found);
    }

    private static String shown(String text) {
        return "'" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
    }
}
