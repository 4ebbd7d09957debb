package io.weir.app.gateway;

import com.linecorp.armeria.common.Http1HeaderNaming;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How header names are spelled in HTTP/1.1: those of policies as their authors wrote them, others as is usual. Case means nothing
 * there, but people compare.
 */
final class HeaderSpelling implements Http1HeaderNaming {
    private static final List<String> UNUSUAL = List.of("ETag", "TE", "WWW-Authenticate", "DNT", "Content-MD5");

    private final Map<String, String> spelled = new ConcurrentHashMap<>();

    HeaderSpelling() {
        UNUSUAL.forEach(this::learn);
    }

    /** Remembers how a header of a policy is spelled. */
    void learn(String name) {
        spelled.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
    }

    @Override
    public String convert(AsciiString name) {
        String known = spelled.get(name.toString());
        return known == null ? Http1HeaderNaming.traditional().convert(name) : known;
    }
}
