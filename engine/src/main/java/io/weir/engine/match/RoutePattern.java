package io.weir.engine.match;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A route as policies write it: methods, path segments with {@code {name}}, {@code *} and {@code **} (at either end),
 * and query conditions.
 *
 * @param text as the author wrote it ({@code GET,PUT /device/{id}?query=aggregate})
 * @param methods upper case; empty means any
 * @param segments without slashes; {@code **} only as the first or last
 * @param query parameters that must be present with that value
 */
public record RoutePattern(String text, Set<String> methods, List<Segment> segments, Map<String, String> query) {
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
}
