package io.weir.app.gateway;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.ResponseHeaders;
import io.netty.util.AsciiString;
import io.weir.app.identity.ClientRequest;
import io.weir.app.identity.TrustedProxies;
import java.util.List;

/**
 * The headers of a message that is passed on. Armeria has already taken off those of one connection ({@code Connection} and what
 * it names, {@code Keep-Alive}, {@code Transfer-Encoding}, {@code Upgrade}).
 */
final class Forwarding {
    private static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    private static final List<AsciiString> OTHERS_WORD = List.of(
            FORWARDED_FOR,
            FORWARDED_HOST,
            FORWARDED_PROTO,
            HttpHeaderNames.FORWARDED,
            AsciiString.cached("x-real-ip"),
            AsciiString.cached("x-forwarded-port"));
    private static final String VIA = "weir";

    private final TrustedProxies proxies;
    private final String authority;
    private final boolean preserveHost;

    /** @param authority the upstream's {@code HOST:PORT} */
    Forwarding(TrustedProxies proxies, String authority, boolean preserveHost) {
        this.proxies = proxies;
        this.authority = authority;
        this.preserveHost = preserveHost;
    }

    /** A request's headers as the upstream gets them; what an untrusted client says of proxies is left out. */
    RequestHeaders request(RequestHeaders headers, ClientRequest client, String scheme, String version) {
        RequestHeadersBuilder passed = headers.toBuilder();
        passed.path(client.target().toString());
        if (!proxies.trusts(client.peer())) {
            OTHERS_WORD.forEach(passed::remove);
        }
        String before = String.join(", ", passed.getAll(FORWARDED_FOR));
        passed.set(FORWARDED_FOR, before.isEmpty() ? client.peer() : before + ", " + client.peer());
        String host = headers.authority();
        if (host != null && !passed.contains(FORWARDED_HOST)) {
            passed.set(FORWARDED_HOST, host);
        }
        if (!passed.contains(FORWARDED_PROTO)) {
            passed.set(FORWARDED_PROTO, scheme);
        }
        if (!preserveHost || host == null) {
            passed.remove(HttpHeaderNames.HOST);
            passed.authority(authority);
        }
        passed.remove(HttpHeaderNames.EXPECT);
        passed.remove(HttpHeaderNames.PROXY_AUTHORIZATION);
        if (!"trailers".equalsIgnoreCase(passed.get(HttpHeaderNames.TE))) {
            passed.remove(HttpHeaderNames.TE);
        }
        passed.add(HttpHeaderNames.VIA, version + " " + VIA);
        return passed.build();
    }

    /** A response's headers as the client gets them. */
    ResponseHeaders response(ResponseHeaders headers) {
        return headers.contains(HttpHeaderNames.PROXY_AUTHENTICATE)
                ? headers.toBuilder()
                        .removeAndThen(HttpHeaderNames.PROXY_AUTHENTICATE)
                        .build()
                : headers;
    }
}
