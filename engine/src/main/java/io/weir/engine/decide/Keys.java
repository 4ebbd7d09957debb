package io.weir.engine.decide;

import java.util.ArrayList;
import java.util.List;

/** The text under which the entry of a quota key tuple is stored: domain and {@code attribute=value} places. */
public final class Keys {
    private static final char SEPARATOR = '\u001f';
    private static final char ESCAPE = '\u001e';

    private Keys() {}

    /** {@code example ␟ profile=p1 ␟ device=d7}. */
    public static String entry(String domain, List<String> attributes, List<String> values) {
        StringBuilder key = new StringBuilder(48).append(escaped(domain));
        for (int i = 0; i < attributes.size(); i++) {
            key.append(SEPARATOR).append(escaped(attributes.get(i))).append('=').append(escaped(values.get(i)));
        }
        return key.toString();
    }

    /** The same for one attribute; {@code prefix} is the key of an empty value. */
    static String entry(String prefix, String value) {
        return prefix.concat(escaped(value));
    }

    /** The domain and places of a key that {@link #entry} made. */
    public static List<String> places(String key) {
        List<String> places = new ArrayList<>();
        int from = 0;
        for (int at = key.indexOf(SEPARATOR); at >= 0; at = key.indexOf(SEPARATOR, from)) {
            places.add(plain(key.substring(from, at)));
            from = at + 1;
        }
        places.add(plain(key.substring(from)));
        return places;
    }

    /** The key of a request id at an entry, different from every entry's key. */
    static String request(Subject at, String domain, String requestId) {
        return entry(domain, List.of(at.attribute()), List.of(at.value())) + SEPARATOR + SEPARATOR + escaped(requestId);
    }

    private static String escaped(String text) {
        if (text.indexOf(SEPARATOR) < 0 && text.indexOf(ESCAPE) < 0) {
            return text;
        }
        return text.replace("\u001e", "\u001e0").replace("\u001f", "\u001e1");
    }

    private static String plain(String text) {
        return text.indexOf(ESCAPE) < 0
                ? text
                : text.replace("\u001e1", "\u001f").replace("\u001e0", "\u001e");
    }

    /** A 32-bit hash that is the same in every version: 32-bit FNV-1a over UTF-16 with a final mix. */
    static int hash(String text) {
        int hash = 0x811c9dc5;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x01000193;
        }
        hash ^= hash >>> 16;
        hash *= 0x85ebca6b;
        return hash ^ (hash >>> 13);
    }
}
