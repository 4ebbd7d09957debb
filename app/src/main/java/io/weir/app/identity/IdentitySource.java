package io.weir.app.identity;

import io.weir.engine.match.RequestPath;
import io.weir.engine.match.Route;
import io.weir.engine.match.RoutePattern;
import io.weir.engine.match.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Where a request may carry an identity. */
sealed interface IdentitySource {
    /** What the request carries there: no value, one, or several where it contradicts itself. */
    List<String> values(ClientRequest request);

    /**
     * Reads {@code bearer}, {@code basic}, {@code host}, {@code header:NAME}, {@code query:NAME}, {@code cookie:NAME} or
     * {@code path:/devices/{id}/**}.
     *
     * @throws IllegalArgumentException saying what was expected and what was found
     */
    static IdentitySource parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String name = colon < 0 ? "" : text.substring(colon + 1).strip();
        boolean named = List.of("header", "query", "cookie", "path").contains(kind);
        if (named == name.isEmpty()) {
            throw new IllegalArgumentException("expected bearer, basic, host, header:NAME, query:NAME, cookie:NAME or"
                    + " path:/route/{name}, found '" + text + "'");
        }
        return switch (kind) {
            case "bearer" -> new Credentials("bearer");
            case "basic" -> new Credentials("basic");
            case "host" -> new Host();
            case "header" -> new Header(name.toLowerCase(Locale.ROOT));
            case "query" -> new Query(name);
            case "cookie" -> new Cookie(name);
            case "path" -> Path.of(name);
            default ->
                throw new IllegalArgumentException("expected bearer, basic, host, header:NAME, query:NAME,"
                        + " cookie:NAME or path:/route/{name}, found '" + text + "'");
        };
    }

    /** {@code Authorization: Bearer token}, or the user's name of {@code Authorization: Basic …}. */
    record Credentials(String scheme) implements IdentitySource {
        @Override
        public List<String> values(ClientRequest request) {
            List<String> values = new ArrayList<>(1);
            for (String header : request.header("authorization")) {
                String text = header.strip();
                int space = text.indexOf(' ');
                if (space > 0 && text.substring(0, space).equalsIgnoreCase(scheme)) {
                    String credentials = text.substring(space + 1).strip();
                    values.add(scheme.equals("basic") ? user(credentials) : credentials);
                }
            }
            return values;
        }

        private static String user(String credentials) {
            try {
                String decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
                int colon = decoded.indexOf(':');
                return colon < 0 ? decoded : decoded.substring(0, colon);
            } catch (IllegalArgumentException notBase64) {
                throw new BadRequestException("expected Base64 after Authorization: Basic");
            }
        }
    }

    /** The host that the client asks, as where each customer has a name of their own. */
    record Host() implements IdentitySource {
        @Override
        public List<String> values(ClientRequest request) {
            String host = request.host();
            return host == null ? List.of() : List.of(host.toLowerCase(Locale.ROOT));
        }
    }

    /** A header's value. */
    record Header(String name) implements IdentitySource {
        @Override
        public List<String> values(ClientRequest request) {
            return request.header(name);
        }
    }

    /** A query parameter. */
    record Query(String name) implements IdentitySource {
        @Override
        public List<String> values(ClientRequest request) {
            return RequestPath.parse(request.target().toString(), false).parameter(name);
        }
    }

    /** A cookie's value. */
    record Cookie(String name) implements IdentitySource {
        @Override
        public List<String> values(ClientRequest request) {
            List<String> values = new ArrayList<>(1);
            for (String header : request.header("cookie")) {
                for (String pair : header.split(";", -1)) {
                    int equals = pair.indexOf('=');
                    if (equals >= 0 && pair.substring(0, equals).strip().equals(name)) {
                        values.add(pair.substring(equals + 1).strip());
                    }
                }
            }
            return values;
        }
    }

    /** The one parameter of a route, where the request is on that route. */
    record Path(Route route, String name) implements IdentitySource {
        static Path of(String text) {
            RoutePattern pattern = RoutePattern.parse(text, false);
            List<String> names = new ArrayList<>(1);
            for (RoutePattern.Segment segment : pattern.segments()) {
                if (segment instanceof RoutePattern.Parameter parameter) {
                    names.add(parameter.name());
                }
            }
            if (names.size() != 1) {
                throw new IllegalArgumentException("expected a route with one {name}, found '" + text + "'");
            }
            return new Path(RouteTable.of(List.of(pattern), false).route(pattern), names.get(0));
        }

        @Override
        public List<String> values(ClientRequest request) {
            RequestPath path = RequestPath.parse(request.target().path(), false);
            String value = route.matches(request.method(), path) ? route.parameter(name, path) : null;
            return value == null ? List.of() : List.of(value);
        }
    }
}
