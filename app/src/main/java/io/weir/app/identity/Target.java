package io.weir.app.identity;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request is for, in one spelling: what is matched is what the upstream gets. {@code //api/./%61?q=1} is
 * {@code /api/a?q=1}: empty segments and {@code .} are left out, what needs no percent-encoding is not encoded, a trailing
 * slash stays.
 *
 * <p>Refused is what servers read differently from each other, so that a client cannot be counted for one route and served
 * another: {@code ..}, control characters, malformed encoding and fragments; and, unless lenient, encoded slashes,
 * backslashes, path parameters ({@code ;}), encoding that is not UTF-8 and what is encoded twice.
 *
 * @param path begins with a slash
 * @param query without its question mark, or null when there is none
 */
public record Target(String path, @Nullable String query) {
    private static final String UNRESERVED = "-._~";
    private static final String ALSO_IN_PATHS = "!$&'()*+,;=:@";
    private static final String ALSO_IN_QUERIES = ALSO_IN_PATHS + "/?[]";

    /**
     * Reads a request target in origin or absolute form.
     *
     * @param lenient whether to pass what most servers read alike, though not all
     * @throws BadRequestException saying what was expected
     */
    public static Target parse(String text, boolean lenient) {
        String origin = origin(text);
        if (!origin.startsWith("/")) {
            throw new BadRequestException("expected a path that begins with /");
        }
        if (origin.indexOf('#') >= 0) {
            throw new BadRequestException("expected a request target without a fragment");
        }
        int question = origin.indexOf('?');
        String path = question < 0 ? origin : origin.substring(0, question);
        return new Target(path(path, lenient), question < 0 ? null : query(origin.substring(question + 1)));
    }

    /** Path and query of a target in absolute form, {@code http://host/path?query}; any other as it is. */
    public static String origin(String text) {
        int scheme = text.startsWith("/") ? -1 : text.indexOf("://");
        if (scheme <= 0) {
            return text;
        }
        int slash = text.indexOf('/', scheme + 3);
        int question = text.indexOf('?', scheme + 3);
        if (slash >= 0 && (question < 0 || slash < question)) {
            return text.substring(slash);
        }
        return question < 0 ? "/" : "/" + text.substring(question);
    }

    private static String path(String text, boolean lenient) {
        List<String> segments = new ArrayList<>(8);
        int start = 1;
        boolean trailing = true;
        for (int i = 1; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '/') {
                String segment = segment(text.substring(start, i), lenient);
                trailing = segment.isEmpty() || segment.equals(".");
                if (segment.equals("..")) {
                    throw new BadRequestException("expected a path without ..");
                }
                if (!trailing) {
                    segments.add(segment);
                }
                start = i + 1;
            }
        }
        String joined = "/" + String.join("/", segments);
        return trailing && !segments.isEmpty() ? joined + "/" : joined;
    }

    /** One segment in its one spelling. */
    private static String segment(String text, boolean lenient) {
        StringBuilder spelled = new StringBuilder(text.length());
        byte[] bytes = new byte[text.length() * 3];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean encoded = c == '%';
            int value = encoded ? hex(text, i) : c;
            i += encoded ? 2 : 0;
            if (value > 0xff) {
                throw new BadRequestException("expected a path of percent-encoded UTF-8");
            }
            check(value, encoded, lenient);
            bytes[length++] = (byte) value;
            append(spelled, value, unreserved(value) || (!encoded && ALSO_IN_PATHS.indexOf(value) >= 0));
        }
        if (!lenient && !utf8(bytes, length)) {
            throw new BadRequestException("expected a path of percent-encoded UTF-8");
        }
        if (!lenient && encodedTwice(bytes, length)) {
            throw new BadRequestException("expected a path that is percent-encoded once");
        }
        return spelled.toString();
    }

    private static void check(int value, boolean encoded, boolean lenient) {
        if (value < 0x20 || value == 0x7f) {
            throw new BadRequestException("expected a path without control characters");
        }
        if (lenient) {
            return;
        }
        if (value == '\\' || (encoded && value == '/')) {
            throw new BadRequestException("expected a path without backslashes and encoded slashes");
        }
        if (value == ';' && !encoded) {
            throw new BadRequestException("expected a path without parameters (;)");
        }
    }

    /** Whether decoding would leave something to decode, which some servers do then. */
    private static boolean encodedTwice(byte[] bytes, int length) {
        for (int i = 0; i + 2 < length; i++) {
            if (bytes[i] == '%' && Character.digit(bytes[i + 1], 16) >= 0 && Character.digit(bytes[i + 2], 16) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static int hex(String text, int percent) {
        int high = percent + 2 < text.length() ? Character.digit(text.charAt(percent + 1), 16) : -1;
        int low = percent + 2 < text.length() ? Character.digit(text.charAt(percent + 2), 16) : -1;
        if (high < 0 || low < 0) {
            throw new BadRequestException("expected two hexadecimal digits after %");
        }
        return high * 16 + low;
    }

    private static boolean unreserved(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNRESERVED.indexOf(c) >= 0;
    }

    private static void append(StringBuilder text, int value, boolean plain) {
        if (plain) {
            text.append((char) value);
        } else {
            text.append('%')
                    .append(Character.toUpperCase(Character.forDigit(value >> 4, 16)))
                    .append(Character.toUpperCase(Character.forDigit(value & 15, 16)));
        }
    }

    private static boolean utf8(byte[] bytes, int length) {
        try {
            var unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    /** The query as it came, but for what must be encoded. */
    private static String query(String text) {
        StringBuilder spelled = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                append(spelled, hex(text, i), false);
                i += 2;
            } else if (c < 0x20 || c == 0x7f || c > 0xff) {
                throw new BadRequestException("expected a query without control characters, percent-encoded");
            } else {
                append(spelled, c, unreserved(c) || ALSO_IN_QUERIES.indexOf(c) >= 0);
            }
        }
        return spelled.toString();
    }

    /** Path and query, as the upstream gets them. */
    @Override
    public String toString() {
        return query == null ? path : path + "?" + query;
    }
}
