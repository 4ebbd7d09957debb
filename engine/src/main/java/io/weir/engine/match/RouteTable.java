package io.weir.engine.match;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The routes of a policy, which know of each other: {@code {name}} does not match a segment that another route names
 * literally at that place for that method, as in a router. Immutable.
 */
public final class RouteTable {
    private final IdentityHashMap<RoutePattern, Route> routes = new IdentityHashMap<>();

    private RouteTable() {}

    /** Makes a table of routes that were {@linkplain RoutePattern#parse parsed} with the same {@code ignoreCase}. */
    public static RouteTable of(List<RoutePattern> patterns, boolean ignoreCase) {
        RouteTable table = new RouteTable();
        for (RoutePattern pattern : patterns) {
            List<List<RoutePattern>> rivals = new ArrayList<>();
            for (int place = 0; place < pattern.segments().size(); place++) {
                rivals.add(rivals(pattern, place, patterns));
            }
            table.routes.put(pattern, new Route(pattern, rivals, ignoreCase));
        }
        return table;
    }

    /** The route of a pattern given to {@link #of}, the very same object. */
    public Route route(RoutePattern pattern) {
        Route route = routes.get(pattern);
        if (route == null) {
            throw new IllegalArgumentException("expected a pattern of this table, but was " + pattern.text());
        }
        return route;
    }

    /** Routes with a literal where {@code pattern} has a parameter. */
    private static List<RoutePattern> rivals(RoutePattern pattern, int place, List<RoutePattern> patterns) {
        List<RoutePattern> rivals = new ArrayList<>();
        boolean counted = pattern.segments().get(0) instanceof RoutePattern.AnySegments;
        if (counted || !(pattern.segments().get(place) instanceof RoutePattern.Parameter)) {
            return rivals;
        }
        for (RoutePattern other : patterns) {
            if (place < other.segments().size()
                    && other.segments().get(place) instanceof RoutePattern.Literal
                    && !(other.segments().get(0) instanceof RoutePattern.AnySegments)) {
                rivals.add(other);
            }
        }
        return rivals;
    }
}
