package io.weir.app.ingest;

import io.weir.engine.match.IpAddress;
import org.jspecify.annotations.Nullable;

/** Clients' addresses as logs have them: with a port, in brackets, with a zone, or a host name in their place. */
final class Addresses {
    private Addresses() {}

    /**
     * The address without what else stands there, {@code 192.0.2.1} of {@code 192.0.2.1:40000} and {@code 2001:db8::1} of
     * {@code [2001:db8::1]:443}.
     *
     * @param only whether a text without an address, such as a host name, is null; else it is returned without its port
     */
    static @Nullable String address(String text, boolean only) {
        String host = withoutPort(text.strip());
        int zone = host.indexOf('%');
        String bare = zone > 0 ? host.substring(0, zone) : host;
        if (IpAddress.parse(bare) != null) {
            return bare;
        }
        return only || host.isEmpty() ? null : host;
    }

    private static String withoutPort(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            return close < 0 ? text : text.substring(1, close);
        }
        int colon = text.indexOf(':');
        return colon > 0 && colon == text.lastIndexOf(':') && digits(text, colon + 1) ? text.substring(0, colon) : text;
    }

    private static boolean digits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return from < text.length();
    }
}
