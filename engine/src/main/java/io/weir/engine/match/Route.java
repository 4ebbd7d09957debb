package io.weir.engine.match;

import io.weir.engine.match.RoutePattern.AnySegment;
import io.weir.engine.match.RoutePattern.AnySegments;
import io.weir.engine.match.RoutePattern.Literal;
import io.weir.engine.match.RoutePattern.Parameter;
import io.weir.engine.match.RoutePattern.Segment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A route ready to match, which knows the literals that other routes have in the place of its parameters. Immutable. */
public final class Route {
    private final RoutePattern pattern;
    private final List<List<RoutePattern>> rivals;
    private final Segment[] fixed;
    private final boolean anyBefore;
    private final boolean anyAfter;
    private final boolean ignoreCase;

    Route(RoutePattern pattern, List<List<RoutePattern>> rivals, boolean ignoreCase) {
        this.pattern = pattern;
        this.rivals = rivals;
        this.ignoreCase = ignoreCase;
        List<Segment> segments = pattern.segments();
        this.anyBefore = !segments.isEmpty() && segments.get(0) instanceof AnySegments;
        boolean endsWithAny = !segments.isEmpty() && segments.get(segments.size() - 1) instanceof AnySegments;
        this.anyAfter = endsWithAny && (segments.size() > 1 || !anyBefore);
        this.fixed = segments.stream()
                .filter(segment -> !(segment instanceof AnySegments))
                .toArray(Segment[]::new);
    }

    /** The route as its author wrote it. */
    public String text() {
        return pattern.text();
    }

    /** @param method in upper case */
    public boolean matches(String method, RequestPath path) {
        return (pattern.methods().isEmpty() || pattern.methods().contains(method))
                && offset(method, path) >= 0
                && queryMatches(path);
    }

    /** The segment where {@code {name}} stands, or null when the route does not match or has no such parameter. */
    public @Nullable String parameter(String name, RequestPath path) {
        int offset = offset(null, path);
        for (int i = 0; offset >= 0 && i < fixed.length; i++) {
            if (fixed[i] instanceof Parameter parameter && parameter.name().equals(name)) {
                return path.segment(offset + i);
            }
        }
        return null;
    }

    /** At which segment of the path the fixed part begins, or -1 when it does not match. */
    private int offset(@Nullable String method, RequestPath path) {
        int spare = path.size() - fixed.length;
        if (spare < 0 || (spare > 0 && !anyBefore && !anyAfter)) {
            return -1;
        }
        int first = anyBefore && !anyAfter ? spare : 0;
        int last = anyBefore ? spare : 0;
        for (int offset = first; offset <= last; offset++) {
            if (matchesAt(offset, method, path)) {
                return offset;
            }
        }
        return -1;
    }

    private boolean matchesAt(int offset, @Nullable String method, RequestPath path) {
        for (int i = 0; i < fixed.length; i++) {
            if (fixed[i] instanceof Literal literal && !literal.value().equals(path.segment(offset + i))) {
                return false;
            }
            if (fixed[i] instanceof Parameter && method != null && !anyBefore && named(i, method, path)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a rival names the segment at {@code place} literally, all before it matching too. */
    private boolean named(int place, String method, RequestPath path) {
        for (RoutePattern rival : rivals.get(place)) {
            boolean sameMethod = rival.methods().isEmpty() || rival.methods().contains(method);
            if (sameMethod && leads(rival, place, path)) {
                return true;
            }
        }
        return false;
    }

    private static boolean leads(RoutePattern rival, int place, RequestPath path) {
        for (int i = 0; i <= place; i++) {
            Segment segment = rival.segments().get(i);
            if (segment instanceof Literal literal && !literal.value().equals(path.segment(i))) {
                return false;
            }
            if (!(segment instanceof Literal || segment instanceof Parameter || segment instanceof AnySegment)) {
                return false;
            }
        }
        return true;
    }

    private boolean queryMatches(RequestPath path) {
        for (Map.Entry<String, String> wanted : pattern.query().entrySet()) {
            boolean found = false;
            for (String value : path.parameter(wanted.getKey())) {
                found |= ignoreCase
                        ? LowerCase.of(value).equals(LowerCase.of(wanted.getValue()))
                        : value.equals(wanted.getValue());
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }
}
