package io.weir.app.gateway;

import com.linecorp.armeria.common.RequestHeaders;
import io.weir.app.identity.ClientRequest;
import io.weir.app.identity.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as the HTTP server has it. */
record HttpClientRequest(RequestHeaders headers, Target target, InetSocketAddress remote) implements ClientRequest {
    @Override
    public String method() {
        return headers.method().name();
    }

    @Override
    public List<String> header(String name) {
        return headers.getAll(name);
    }

    @Override
    public @Nullable String host() {
        String authority = headers.authority();
        return authority == null ? null : withoutPort(authority);
    }

    static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }

    @Override
    public String peer() {
        InetAddress address = remote.getAddress();
        String text = address == null ? remote.getHostString() : address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
