package io.weir.app.gateway;

import io.weir.app.answer.Answering;
import io.weir.app.identity.TrustedProxies;

/**
 * Where other servers ask whether to pass a request on (forward-auth).
 *
 * @param path begins with a slash
 * @param proxies who may ask and is believed about the request it asks for
 * @param answering reads the headers that the server's client sent, as that server passes them on
 */
public record Checks(String path, TrustedProxies proxies, Answering answering) {
    public Checks {
        path = path(path);
    }

    /** @throws IllegalArgumentException when other servers could not ask there */
    public static String path(String path) {
        if (!path.matches("(/[A-Za-z0-9._~-]+)+")) {
            throw new IllegalArgumentException(
                    "forward-auth path: expected one like /auth, of letters, digits, and -._~, found '" + path + "'");
        }
        return path;
    }
}
