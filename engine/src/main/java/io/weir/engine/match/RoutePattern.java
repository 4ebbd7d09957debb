package io.weir.engine.match;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A route as policies write it: methods, path segments with {@code {name}}, {@code *} and {@code **} (at either end),
 * and query conditions.
 *
 * @param text as the author wrote it ({@code GET,PUT /device/{id}?query=aggregate})
 * @param methods upper case; empty means any
 * @param segments without slashes; {@code **} only as the first or last
 * @param query parameters that must be present with that value, perhaps among others
 */
public record RoutePattern(String text, Set<String> methods, List<Segment> segments, Map<String, String> query) {
    /** The most segments of a route. */
    public static final int MAX_SEGMENTS = 64;

    public RoutePattern {
        methods = Set.copyOf(methods);
        segments = List.copyOf(segments);
        query = Map.copyOf(query);
    }

    /** One segment of a route. */
    public sealed interface Segment {}

    /** Matches itself. */
    public record Literal(String value) implements Segment {}

    /** {@code {name}}: matches one segment that no other route of the policy names literally at that place. */
    public record Parameter(String name) implements Segment {}

    /** {@code *}: matches any one segment. */
    public record AnySegment() implements Segment {}

    /** {@code **}: matches any number of segments, none included. */
    public record AnySegments() implements Segment {}

    /**
     * Reads {@code [METHODS ]route[?query]}: {@code POST,PUT /api/**}, {@code * /device/{id}}, {@code data?query=aggregate},
     * or methods alone ({@code POST,PUT}), which is every route.
     *
     * @param ignoreCase whether literals are to match without regard to case
     * @throws IllegalArgumentException saying what was expected and what was found
     */
    public static RoutePattern parse(String text, boolean ignoreCase) {
        String trimmed = text.trim();
        if (trimmed.isEmpty()) {
            throw new IllegalArgumentException("expected [METHODS] /route[?query], found nothing");
        }
        int space = trimmed.indexOf(' ');
        boolean methodsAlone = space < 0 && methodsOnly(trimmed);
        String methods = methodsAlone ? trimmed : space < 0 ? "*" : trimmed.substring(0, space);
        String route = methodsAlone ? "/**" : trimmed.substring(space + 1).trim();
        if (route.indexOf(' ') >= 0) {
            throw new IllegalArgumentException(
                    "expected one route after the methods (several methods: GET,POST), found '" + trimmed + "'");
        }
        int question = route.indexOf('?');
        Map<String, String> query = new HashMap<>();
        if (question >= 0) {
            RequestPath.query(route, question + 1, route.length())
                    .forEach((name, values) -> query.put(name, values.get(0)));
        }
        return new RoutePattern(
                trimmed,
                methods(methods),
                segments(question < 0 ? route : route.substring(0, question), ignoreCase),
                query);
    }

    private static boolean methodsOnly(String text) {
        return text.chars().allMatch(c -> c == ',' || (c >= 'A' && c <= 'Z'));
    }

    private static Set<String> methods(String text) {
        Set<String> methods = new LinkedHashSet<>();
        for (String method : text.split(",", -1)) {
            boolean word =
                    !method.isEmpty() && method.chars().allMatch(c -> Character.isLetter(c) || c == '-' || c == '_');
            if (!word && !method.equals("*")) {
                throw new IllegalArgumentException(
                        "expected methods like GET or POST,PUT before the route, found '" + text + "'");
            }
            methods.add(method.toUpperCase(Locale.ROOT));
        }
        return methods.contains("*") || methods.contains("ALL") ? Set.of() : methods;
    }

    private static List<Segment> segments(String route, boolean ignoreCase) {
        List<Segment> segments = new ArrayList<>();
        Set<String> names = new HashSet<>();
        String[] texts = route.split("/", -1);
        for (String text : texts) {
            if (text.isEmpty()) {
                continue;
            }
            Segment segment = segment(text, route, ignoreCase);
            if (segment instanceof Parameter parameter && !names.add(parameter.name())) {
                throw new IllegalArgumentException(
                        "expected each parameter once, found {" + parameter.name() + "} twice in '" + route + "'");
            }
            segments.add(segment);
        }
        if (segments.size() > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "expected at most " + MAX_SEGMENTS + " segments, found " + segments.size());
        }
        for (int i = 1; i < segments.size() - 1; i++) {
            if (segments.get(i) instanceof AnySegments) {
                throw new IllegalArgumentException(
                        "expected ** only as the first or last segment, found '" + route + "'");
            }
        }
        return segments;
    }

    private static Segment segment(String text, String route, boolean ignoreCase) {
        if (text.equals("**")) {
            return new AnySegments();
        }
        if (text.equals("*")) {
            return new AnySegment();
        }
        if (text.startsWith("{") && text.endsWith("}") && text.length() > 2) {
            String name = text.substring(1, text.length() - 1);
            if (name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-')) {
                return new Parameter(name);
            }
        }
        if (text.indexOf('*') >= 0 || text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
            throw new IllegalArgumentException(
                    "expected a segment to be text, {name}, * or **, found '" + text + "' in '" + route + "'");
        }
        if (text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException("expected a route without " + text + ", found '" + route + "'");
        }
        String literal = RequestPath.decoded(text, 0, text.length(), false);
        return new Literal(ignoreCase ? LowerCase.of(literal) : literal);
    }
}
