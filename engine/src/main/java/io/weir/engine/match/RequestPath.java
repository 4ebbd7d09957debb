package io.weir.engine.match;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A request's path and query, normalised before it is matched: percent-encoding is decoded once per segment (an encoded
 * slash stays inside its segment), empty segments and {@code .} vanish, {@code ..} goes up, a trailing slash, a fragment,
 * and the scheme and host of an absolute URL don't count. {@code //device/%61//b/} is {@code /device/a/b}.
 *
 * <p>Where routes ignore case, segments are in lower case, also as values of {@code path.<name>}. Takes time linear in the
 * length; malformed percent-encoding stands for itself.
 */
public final class RequestPath {
    private final List<String> segments;
    private final Map<String, List<String>> query;

    private RequestPath(List<String> segments, Map<String, List<String>> query) {
        this.segments = segments;
        this.query = query;
    }

    /** Reads a path as a client sent it, with or without a query. */
    public static RequestPath parse(String text, boolean ignoreCase) {
        int end = indexOf(text, '#', 0, text.length());
        int question = indexOf(text, '?', 0, end);
        int from = afterHost(text, question);
        List<String> segments = new ArrayList<>(6);
        int start = from;
        for (int i = from; i <= question; i++) {
            if (i == question || text.charAt(i) == '/') {
                if (i > start) {
                    add(segments, decoded(text, start, i, false), ignoreCase);
                }
                start = i + 1;
            }
        }
        return new RequestPath(segments, question < end ? query(text, question + 1, end) : Map.of());
    }

    private static int indexOf(String text, char c, int from, int to) {
        int at = text.indexOf(c, from);
        return at < 0 || at > to ? to : at;
    }

    /** Where the path begins in {@code http://host/path}. */
    private static int afterHost(String text, int end) {
        if (text.isEmpty() || text.charAt(0) == '/') {
            return 0;
        }
        int scheme = text.indexOf("://");
        if (scheme <= 0 || scheme >= end || text.indexOf('/') < scheme) {
            return 0;
        }
        return indexOf(text, '/', scheme + 3, end);
    }

    private static void add(List<String> segments, String segment, boolean ignoreCase) {
        if (segment.equals("..")) {
            if (!segments.isEmpty()) {
                segments.remove(segments.size() - 1);
            }
        } else if (!segment.equals(".")) {
            segments.add(ignoreCase ? LowerCase.of(segment) : segment);
        }
    }

    /** Every value of every parameter, in order: what a server makes of a repeated one is its own choice. */
    static Map<String, List<String>> query(String text, int from, int end) {
        Map<String, List<String>> query = new HashMap<>();
        int start = from;
        for (int i = from; i <= end; i++) {
            if (i == end || text.charAt(i) == '&') {
                if (i > start) {
                    int equals = indexOf(text, '=', start, i);
                    String name = decoded(text, start, equals, true);
                    query.computeIfAbsent(name, first -> new ArrayList<>(1))
                            .add(equals < i ? decoded(text, equals + 1, i, true) : "");
                }
                start = i + 1;
            }
        }
        return query;
    }

    /** Decodes {@code %41} and, in a query, {@code +}; what is no valid encoding stays as it is. */
    static String decoded(String text, int from, int to, boolean plusIsSpace) {
        boolean plain = true;
        for (int i = from; i < to && plain; i++) {
            char c = text.charAt(i);
            plain = c != '%' && !(plusIsSpace && c == '+');
        }
        if (plain) {
            return text.substring(from, to);
        }
        byte[] source = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[source.length];
        int length = 0;
        for (int i = 0; i < source.length; i++) {
            int high = source[i] == '%' && i + 2 < source.length ? Character.digit(source[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(source[i + 2], 16);
            if (low >= 0) {
                bytes[length++] = (byte) (high * 16 + low);
                i += 2;
            } else {
                bytes[length++] = plusIsSpace && source[i] == '+' ? (byte) ' ' : source[i];
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    int size() {
        return segments.size();
    }

    String segment(int index) {
        return segments.get(index);
    }

    /** The values of a query parameter; empty when it is absent. */
    public List<String> parameter(String name) {
        return query.getOrDefault(name, List.of());
    }

    /** The normalised path without its query, {@code /device/a/b}. */
    @Override
    public String toString() {
        return "/" + String.join("/", segments);
    }
}
