package io.weir.engine.match;

import org.jspecify.annotations.Nullable;

/** An IPv4 or IPv6 address as two longs; IPv4-mapped IPv6 addresses are IPv4. */
public record IpAddress(boolean v6, long high, long low) {

    /** Reads an address without port, brackets or zone; null when the text is not one. Never asks a name server. */
    public static @Nullable IpAddress parse(String text) {
        if (text.indexOf(':') < 0) {
            long v4 = parseV4(text, 0, text.length());
            return v4 < 0 ? null : new IpAddress(false, 0, v4);
        }
        return parseV6(text);
    }

    private static long parseV4(String text, int from, int to) {
        long address = 0;
        int parts = 0;
        int part = -1;
        int digits = 0;
        for (int i = from; i <= to; i++) {
            char c = i < to ? text.charAt(i) : '.';
            if (c == '.') {
                if (digits == 0 || ++parts > 4) {
                    return -1;
                }
                address = address << 8 | part;
                part = -1;
                digits = 0;
            } else if (c >= '0' && c <= '9') {
                // 010 means 8 to some and 10 to others
                if (digits > 0 && part == 0) {
                    return -1;
                }
                part = Math.max(part, 0) * 10 + (c - '0');
                if (++digits > 3 || part > 255) {
                    return -1;
                }
            } else {
                return -1;
            }
        }
        return parts == 4 ? address : -1;
    }

    private static @Nullable IpAddress parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        int[] groups = new int[8];
        int before = groups(text, 0, gap < 0 ? text.length() : gap, groups, 0);
        if (before < 0 || (gap < 0 && before != 8)) {
            return null;
        }
        if (gap >= 0) {
            int[] tail = new int[8];
            int after = groups(text, gap + 2, text.length(), tail, 0);
            if (after < 0 || before + after > 7) {
                return null;
            }
            System.arraycopy(tail, 0, groups, 8 - after, after);
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 4; i++) {
            high = high << 16 | groups[i];
            low = low << 16 | groups[i + 4];
        }
        boolean mapped = high == 0 && low >>> 32 == 0xffffL;
        return mapped ? new IpAddress(false, 0, low & 0xffffffffL) : new IpAddress(true, high, low);
    }

    /** Reads colon-separated groups, the last of which may be dotted; returns how many 16-bit groups, or -1. */
    private static int groups(String text, int from, int to, int[] groups, int first) {
        int count = first;
        int start = from;
        while (start < to) {
            int colon = text.indexOf(':', start);
            int end = colon < 0 || colon > to ? to : colon;
            int dot = text.indexOf('.', start);
            if (dot >= 0 && dot < end) {
                long v4 = end == text.length() ? parseV4(text, start, end) : -1;
                if (v4 < 0 || count > 6) {
                    return -1;
                }
                groups[count++] = (int) (v4 >>> 16);
                groups[count++] = (int) (v4 & 0xffff);
                return count;
            }
            if (end == start || end - start > 4 || count == 8) {
                return -1;
            }
            int group = 0;
            for (int i = start; i < end; i++) {
                int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), 16) : -1;
                if (digit < 0) {
                    return -1;
                }
                group = group << 4 | digit;
            }
            groups[count++] = group;
            if (end == to - 1) {
                return -1;
            }
            start = end + 1;
        }
        return count;
    }

    /** The network of that many leading bits of an IPv6 address; an IPv4 address stays as it is. */
    public IpAddress prefix(int bits) {
        if (!v6 || bits >= 128) {
            return this;
        }
        return new IpAddress(true, high & mask(bits), low & mask(bits - 64));
    }

    /** The leading {@code bits} of 64 set. */
    static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1L : -1L << (64 - bits);
    }

    /** The canonical text: dotted, or as RFC 5952 says. */
    @Override
    public String toString() {
        if (!v6) {
            return (low >>> 24) + "." + (low >>> 16 & 255) + "." + (low >>> 8 & 255) + "." + (low & 255);
        }
        int gapStart = -1;
        int gapLength = 1;
        for (int i = 0; i < 8; i++) {
            int length = 0;
            while (i + length < 8 && group(i + length) == 0) {
                length++;
            }
            if (length > gapLength) {
                gapStart = i;
                gapLength = length;
            }
            i += length;
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }

    private int group(int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (index & 3)) & 0xffff);
    }
}
