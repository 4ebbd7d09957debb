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
        List<List<RoutePattern>> literals = literals(patterns);
        RouteTable table = new RouteTable();
        for (RoutePattern pattern : patterns) {
            List<List<RoutePattern>> rivals = new ArrayList<>();
            for (int place = 0; place < pattern.segments().size(); place++) {
                rivals.add(hasRivals(pattern, place) ? literals.get(place) : List.of());
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

    /** By place, the routes with a literal there: one list for all, or many routes would have many lists of many. */
    private static List<List<RoutePattern>> literals(List<RoutePattern> patterns) {
        List<List<RoutePattern>> literals = new ArrayList<>();
        for (RoutePattern pattern : patterns) {
            for (int place = 0; place < pattern.segments().size(); place++) {
                if (literals.size() == place) {
                    literals.add(new ArrayList<>());
                }
                if (pattern.segments().get(place) instanceof RoutePattern.Literal && !floats(pattern)) {
                    literals.get(place).add(pattern);
                }
            }
        }
        return literals;
    }

    private static boolean hasRivals(RoutePattern pattern, int place) {
        return pattern.segments().get(place) instanceof RoutePattern.Parameter && !floats(pattern);
    }

    /** Whether its places are counted from the path's end. */
    private static boolean floats(RoutePattern pattern) {
        return pattern.segments().get(0) instanceof RoutePattern.AnySegments;
    }
}
