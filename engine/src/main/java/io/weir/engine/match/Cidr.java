package io.weir.engine.match;

import org.jspecify.annotations.Nullable;

/**
 * An address range, {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a lone address is a range of one.
 *
 * @param prefixLength leading bits of the network that must be equal: 0 to 32, or to 128 for IPv6
 */
public record Cidr(IpAddress network, int prefixLength) {

    /** @throws IllegalArgumentException saying what was expected and what was found */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        IpAddress network = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (network == null) {
            throw new IllegalArgumentException(
                    "expected an address or range like 10.0.0.0/8 or 2001:db8::/32, found '" + text + "'");
        }
        int bits = network.v6() ? 128 : 32;
        int length = slash < 0 ? bits : length(text.substring(slash + 1));
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException("expected a prefix length from 0 to " + bits + ", found '" + text + "'");
        }
        Cidr range = new Cidr(masked(network, length), length);
        if (!range.network().equals(network)) {
            throw new IllegalArgumentException(
                    "expected the range's first address, " + range + ", found '" + text + "'");
        }
        return range;
    }

    /** The range of that length that the address is in, or null when its family has no such length. */
    public static @Nullable Cidr around(IpAddress address, int prefixLength) {
        boolean possible = prefixLength >= 0 && prefixLength <= (address.v6() ? 128 : 32);
        return possible ? new Cidr(masked(address, prefixLength), prefixLength) : null;
    }

    private static int length(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }

    private static IpAddress masked(IpAddress address, int length) {
        return address.v6()
                ? address.prefix(length)
                : new IpAddress(false, 0, address.low() & IpAddress.mask(length + 32));
    }

    /** Whether the address is in the range; one of the other family is not. */
    public boolean contains(IpAddress address) {
        return address.v6() == network.v6() && masked(address, prefixLength).equals(network);
    }

    @Override
    public String toString() {
        return network + "/" + prefixLength;
    }
}
