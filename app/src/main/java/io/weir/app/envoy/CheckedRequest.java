package io.weir.app.envoy;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext.HttpRequest;
import io.weir.app.identity.ClientRequest;
import io.weir.app.identity.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request as Envoy's external authorization tells it. */
record CheckedRequest(HttpRequest http, Target target, String peer) implements ClientRequest {
    /** Headers of one value. Envoy joins several of a name with commas unless it sends raw headers; these are told apart. */
    private static final List<String> SINGLE = List.of("authorization", "x-api-key");

    static CheckedRequest of(AttributeContext attributes, boolean lenientPaths) {
        HttpRequest http = attributes.getRequest().getHttp();
        String peer = attributes.getSource().getAddress().getSocketAddress().getAddress();
        return new CheckedRequest(http, Target.parse(http.getPath(), lenientPaths), peer);
    }

    @Override
    public String method() {
        return http.getMethod();
    }

    @Override
    public List<String> header(String name) {
        List<String> values = new ArrayList<>(1);
        for (HeaderValue header : http.getHeaderMap().getHeadersList()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                values.add(
                        header.getRawValue().isEmpty()
                                ? header.getValue()
                                : header.getRawValue().toStringUtf8());
            }
        }
        String joined = http.getHeadersMap().get(name.toLowerCase(Locale.ROOT));
        if (joined != null) {
            values.addAll(SINGLE.contains(name) ? List.of(joined.split(",", -1)) : List.of(joined));
        }
        return values;
    }

    @Override
    public @Nullable String host() {
        String host = http.getHost();
        int colon = host.lastIndexOf(':');
        String bare = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        return bare.isEmpty() ? null : bare;
    }
}
