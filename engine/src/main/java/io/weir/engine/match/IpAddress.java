package io.weir.engine.match;

/** An IPv4 or IPv6 address as two longs; IPv4-mapped IPv6 addresses are IPv4. */
public record IpAddress(boolean v6, long high, long low) {}
