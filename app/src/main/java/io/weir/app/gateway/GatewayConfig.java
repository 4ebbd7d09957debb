package io.weir.app.gateway;

import io.weir.app.identity.TrustedProxies;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a gateway listens and what it stands before.
 *
 * @param listen port 0 is any free one
 * @param upstream {@code http}, {@code https} or {@code h2c}, perhaps with a path that every request's is added to;
 *     null where no request is passed on
 * @param admin where usage is asked for
 * @param adminToken shown there, or null where none is wanted
 * @param upstreamTimeout how long the upstream may take to begin its answer once it has the request
 * @param drain how long requests in flight may take when the gateway is closed
 * @param proxies who is believed about whom they speak for
 * @param lenientPaths whether to pass on paths that most servers read alike, though not all
 * @param preserveHost whether the upstream gets the client's {@code Host} rather than its own
 */
public record GatewayConfig(
        InetSocketAddress listen,
        @Nullable URI upstream,
        URI admin,
        @Nullable String adminToken,
        Duration upstreamTimeout,
        Duration drain,
        TrustedProxies proxies,
        boolean lenientPaths,
        boolean preserveHost) {
    public GatewayConfig {
        if (upstream != null) {
            require(upstream);
        }
        String adminScheme = String.valueOf(admin.getScheme());
        if (!(adminScheme.equals("http") || adminScheme.equals("https")) || admin.getHost() == null) {
            throw new IllegalArgumentException("admin: expected http://HOST:PORT, found '" + admin + "'");
        }
    }

    /** One whose admin API wants no token. */
    public GatewayConfig(
            InetSocketAddress listen,
            @Nullable URI upstream,
            URI admin,
            Duration upstreamTimeout,
            Duration drain,
            TrustedProxies proxies,
            boolean lenientPaths,
            boolean preserveHost) {
        this(listen, upstream, admin, null, upstreamTimeout, drain, proxies, lenientPaths, preserveHost);
    }

    private static void require(URI upstream) {
        String scheme = String.valueOf(upstream.getScheme());
        boolean known = scheme.equals("http") || scheme.equals("https") || scheme.equals("h2c");
        if (!known || upstream.getHost() == null || upstream.getRawQuery() != null) {
            throw new IllegalArgumentException(
                    "upstream: expected http://HOST:PORT, https://… or h2c://…, found '" + upstream + "'");
        }
    }
}
