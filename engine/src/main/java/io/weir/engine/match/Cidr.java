package io.weir.engine.match;

/** An address range, {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a lone address is a range of one. */
public record Cidr(IpAddress network, int prefixLength) {}
