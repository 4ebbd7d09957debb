package io.weir.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.match.RequestPath;
import io.weir.engine.match.Route;
import io.weir.engine.match.RoutePattern;
import io.weir.engine.match.RoutePattern.AnySegment;
import io.weir.engine.match.RoutePattern.AnySegments;
import io.weir.engine.match.RoutePattern.Literal;
import io.weir.engine.match.RoutePattern.Parameter;
import io.weir.engine.match.RoutePattern.Segment;
import io.weir.engine.match.RouteTable;
import io.weir.testkit.Fuzz;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Routes and paths of any text match as a slow and obvious matcher says, or are refused. */
class RouteFuzzTest {
    private static final List<String> PATHS = Corpus.lines("paths.txt");

    /** An encoded slash stays in its segment, which the obvious matcher does not know. */
    private static final List<String> PLAIN_PATHS =
            PATHS.stream().filter(path -> !path.contains("%2F")).toList();

    @Test
    void shouldReadEveryPath() {
        Fuzz.ofTexts("path", PATHS)
                .words("%", "%2", "%2F", "%25", "%zz", "..", ".", "//", "?", "&", "=", "+", "#", "://", "\u0130")
                .allocating(1 << 20, 200)
                .runTexts(20_000, text -> {
                    for (boolean ignoreCase : new boolean[] {false, true}) {
                        String normal = RequestPath.parse(text, ignoreCase).toString();
                        assertThat(normal).startsWith("/");
                        assertThat(normal.length()).isLessThanOrEqualTo(2 * text.length() + 1);
                    }
                });
    }

    @Test
    void shouldRefuseEveryRouteOrMatchAsTheObviousMatcherDoes() {
        Fuzz.ofTexts("route", Corpus.lines("routes.txt"))
                .words("/", "**", "/**", "**/", "*", "{id}", "{", "}", "?a=b", "GET ", "GET,POST ", "%61", "..", "* ")
                .allocating(1 << 20, 400)
                .runTexts(20_000, RouteFuzzTest::refuseOrMatch);
    }

    private static void refuseOrMatch(String text) {
        RoutePattern pattern;
        try {
            pattern = RoutePattern.parse(text, false);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("expected ");
            return;
        }
        // No rivals, so parameters match any one segment.
        Route route = RouteTable.of(List.of(pattern), false).route(pattern);
        SplittableRandom random = new SplittableRandom(text.hashCode());
        for (int i = 0; i < 8; i++) {
            String path = PLAIN_PATHS.get(random.nextInt(PLAIN_PATHS.size()));
            RequestPath parsed = RequestPath.parse(path, false);
            String method = random.nextBoolean() ? "GET" : "POST";
            if (pattern.query().isEmpty()) {
                boolean expected =
                        (pattern.methods().isEmpty() || pattern.methods().contains(method))
                                && matches(pattern.segments(), segments(parsed));
                assertThat(route.matches(method, parsed))
                        .as("%s %s against %s", method, path, text)
                        .isEqualTo(expected);
            }
            for (Segment segment : pattern.segments()) {
                if (segment instanceof Parameter parameter) {
                    String value = route.parameter(parameter.name(), parsed);
                    assertThat(value == null || segments(parsed).contains(value))
                            .isTrue();
                }
            }
        }
    }

    private static List<String> segments(RequestPath path) {
        String text = path.toString();
        return text.equals("/") ? List.of() : List.of(text.substring(1).split("/", -1));
    }

    private static boolean matches(List<Segment> pattern, List<String> path) {
        if (pattern.isEmpty()) {
            return path.isEmpty();
        }
        List<Segment> rest = pattern.subList(1, pattern.size());
        Segment first = pattern.get(0);
        if (first instanceof AnySegments) {
            for (int skipped = 0; skipped <= path.size(); skipped++) {
                if (matches(rest, path.subList(skipped, path.size()))) {
                    return true;
                }
            }
            return false;
        }
        if (path.isEmpty()) {
            return false;
        }
        boolean here = first instanceof Parameter
                || first instanceof AnySegment
                || (first instanceof Literal literal && literal.value().equals(path.get(0)));
        return here && matches(rest, path.subList(1, path.size()));
    }

    @Test
    void shouldShareWhatManyRoutesKnowOfEachOther() {
        // Given: two thousand routes, half with a parameter where the others have a literal
        List<RoutePattern> patterns = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            String second = i % 2 == 0 ? "literal" : "{b}";
            patterns.add(RoutePattern.parse("/a" + i + "/" + second + "/{c}/d/e" + i, false));
        }

        // Then: a table of all takes memory for each, not for each pair
        Fuzz.ofTexts("table", List.of(""))
                .allocating(3 << 20, 0)
                .run(
                        0,
                        none -> assertThat(RouteTable.of(patterns, false)
                                        .route(patterns.get(20))
                                        .matches("GET", RequestPath.parse("/a20/literal/c/d/e20", false)))
                                .isTrue());
    }
}
