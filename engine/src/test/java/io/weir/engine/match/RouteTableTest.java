package io.weir.engine.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
    private static boolean matches(String pattern, String method, String path, String... others) {
        RoutePattern parsed = RoutePattern.parse(pattern, false);
        List<RoutePattern> all = Stream.concat(
                        Stream.of(parsed), Stream.of(others).map(other -> RoutePattern.parse(other, false)))
                .toList();
        return RouteTable.of(all, false).route(parsed).matches(method, RequestPath.parse(path, false));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # route,                     method, path,                        matches
                    /device/{id},                GET,    /device/7,                   true
                    /device/{id},                GET,    /device/7/,                  true
                    /device/{id},                GET,    //device//7,                 true
                    /device/{id},                GET,    /device,                     false
                    /device/{id},                GET,    /device/7/x,                 false
                    device/{id},                 GET,    /device/7?x=y,               true
                    GET /device/{id},            POST,   /device/7,                   false
                    'GET,POST /device',          POST,   /device,                     true
                    * /device,                   PATCH,  /device,                     true
                    ALL /device,                 PATCH,  /device,                     true
                    'POST,PUT',                  PUT,    /any/thing,                  true
                    /api/public/**,              GET,    /api/public,                 true
                    /api/public/**,              GET,    /api/public/a/b,             true
                    /api/public/**,              GET,    /api/publicity,              false
                    **/bigquery/pushall,         GET,    /bigquery/pushall,           true
                    **/bigquery/pushall,         GET,    /a/b/bigquery/pushall,       true
                    **/bigquery/pushall,         GET,    /a/bigquery/pushall/c,       false
                    **/bigquery/**,              GET,    /a/bigquery/pushall/c,       true
                    **,                          GET,    /,                           true
                    /,                           GET,    /,                           true
                    /,                           GET,    /a,                          false
                    /a/*/c,                      GET,    /a/b/c,                      true
                    /a/*/c,                      GET,    /a/c,                        false
                    /data?query=aggregate,       GET,    /data?query=aggregate,       true
                    /data?query=aggregate,       GET,    /data?a=1&query=aggregate,   true
                    /data?query=aggregate,       GET,    /data?query=other,           false
                    /data?query=aggregate,       GET,    /data?query=other&query=aggregate, true
                    /data?query=aggregate,       GET,    /data?qu%65ry=%61ggregate,   true
                    /data?query=aggregate,       GET,    /data,                       false
                    /a b,                        GET,    /x,                          error
                    /caf%C3%A9,                  GET,    /caf%c3%a9,                  true
                    /device/info,                GET,    /%64evice/%69nfo,            true
                    /a/b,                        GET,    /a%2Fb,                      false
                    /a/c,                        GET,    /a/b/../c,                   true
                    /a/c,                        GET,    /a/./c,                      true
                    /c,                          GET,    /../../c,                    true
                    /a,                          GET,    http://example.com/a?b,      true
                    /a,                          GET,    /a#fragment,                 true
                    """)
    void shouldMatchWhenTheRouteSaysSo(String route, String method, String path, String expected) {
        if (expected.equals("error")) {
            assertThatThrownBy(() -> RoutePattern.parse(route, false)).isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThat(matches(route, method, path)).isEqualTo(Boolean.parseBoolean(expected));
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # route,                 other,                      path,                     matches
                    GET /device/{id},        GET /device/params,         /device/params,           false
                    GET /device/{id},        GET /device/params,         /device/7,                true
                    GET /device/{id},        POST /device/token,         /device/token,            true
                    GET /device/{id},        /device/params,             /device/params,           false
                    GET /device/{id}/chunk,  GET /device/params/{id},    /device/params/chunk,     false
                    GET /device/*,           GET /device/params,         /device/params,           true
                    GET /{kind}/{id},        GET /device/params,         /device/params,           false
                    GET /{kind}/{id},        GET /device/params,         /other/params,            true
                    GET /device/{id},        **/params,                  /device/params,           true
                    """)
    void shouldNotMatchAParameterThatAnotherRouteNamesThere(String route, String other, String path, boolean expected) {
        assertThat(matches(route, "GET", path, other)).isEqualTo(expected);
    }

    @Test
    void shouldIgnoreCaseWhenToldSo() {
        // Given
        RoutePattern pattern = RoutePattern.parse("GET /API/Spaces/{name}?Q=A", true);
        Route route = RouteTable.of(List.of(pattern), true).route(pattern);

        // Then
        RequestPath path = RequestPath.parse("/api/SPACES/One?Q=a", true);
        assertThat(route.matches("GET", path)).isTrue();
        assertThat(route.parameter("name", path)).isEqualTo("one");
        assertThat(route.parameter("other", path)).isNull();
    }

    @Test
    void shouldTakeLinearTimeOnHostilePaths() {
        // Given: as many segments as fit into a megabyte
        String path = "/a".repeat(500_000);

        // Then
        assertThat(matches("**/a/b", "GET", path)).isFalse();
        assertThat(RequestPath.parse("/%".repeat(300_000), false).toString()).hasSize(600_000);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    '',           'expected [METHODS] /route[?query], found nothing'
                    /a/**/b,      'expected ** only as the first or last segment, found ''/a/**/b'''
                    /a/{b,        'expected a segment to be text, {name}, * or **, found ''{b'' in ''/a/{b'''
                    /a*/b,        'expected a segment to be text, {name}, * or **, found ''a*'' in ''/a*/b'''
                    '/{a}/{a}',   'expected each parameter once, found {a} twice in ''/{a}/{a}'''
                    'G3T /a',     'expected methods like GET or POST,PUT before the route, found ''G3T'''
                    /a/..,        'expected a route without .., found ''/a/..'''
                    """)
    void shouldSayWhatIsWrongWithARoute(String route, String message) {
        assertThatThrownBy(() -> RoutePattern.parse(route, false)).hasMessage(message);
    }
}
