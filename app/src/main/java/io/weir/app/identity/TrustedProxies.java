package io.weir.app.identity;

import io.weir.engine.match.Cidr;
import io.weir.engine.match.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The proxies in front of the gateway, whose word on a client's address and identity is taken. */
public final class TrustedProxies {
    /** Nobody is believed. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    private final List<Cidr> ranges;

    private TrustedProxies(List<Cidr> ranges) {
        this.ranges = ranges;
    }

    /** @throws IllegalArgumentException for the first range that is none, saying what was expected */
    public static TrustedProxies of(List<String> ranges) {
        return new TrustedProxies(
                ranges.stream().map(String::strip).map(Cidr::parse).toList());
    }

    /** Whether that address is one of the proxies'. */
    public boolean trusts(String address) {
        IpAddress parsed = IpAddress.parse(address);
        return parsed != null && trusts(parsed);
    }

    private boolean trusts(IpAddress address) {
        for (Cidr range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The client's address: that of the peer or, if it is trusted, the rightmost one of {@code X-Forwarded-For} that is not.
     * What stands left of that the client may have made up. An entry that is no address ends the search: the nearest
     * known proxy stands for whoever is behind it.
     *
     * @param forwardedFor the header's lines, in order
     */
    public String client(String peer, List<String> forwardedFor) {
        IpAddress nearest = IpAddress.parse(peer);
        if (nearest == null) {
            return peer;
        }
        String[] entries = String.join(",", forwardedFor).split(",", -1);
        for (int i = entries.length - 1; i >= 0 && trusts(nearest); i--) {
            IpAddress before = address(entries[i].strip());
            if (before == null) {
                break;
            }
            nearest = before;
        }
        return nearest.toString();
    }

    /** An address, perhaps with a port, as proxies write it: {@code 192.0.2.1:443}, {@code [2001:db8::1]:443}. */
    private static @Nullable IpAddress address(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? null : IpAddress.parse(text.substring(1, end));
        }
        int colon = text.indexOf(':');
        boolean port = colon >= 0 && colon == text.lastIndexOf(':');
        return IpAddress.parse(port ? text.substring(0, colon) : text);
    }
}
