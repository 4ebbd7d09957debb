package io.weir.engine.limit;

import java.math.BigInteger;

/** {@code a × b / c} of non-negative longs, exact also where the product exceeds 63 bits. */
public final class Proportion {
    private Proportion() {}

    public static long floor(long a, long b, long c) {
        if (Math.multiplyHigh(a, b) == 0 && a * b >= 0) {
            return a * b / c;
        }
        return big(a).multiply(big(b)).divide(big(c)).longValueExact();
    }

    public static long ceil(long a, long b, long c) {
        if (Math.multiplyHigh(a, b) == 0 && a * b >= 0) {
            return a * b / c + (a * b % c == 0 ? 0 : 1);
        }
        BigInteger[] quotient = big(a).multiply(big(b)).divideAndRemainder(big(c));
        return quotient[0].longValueExact() + quotient[1].signum();
    }

    private static BigInteger big(long value) {
        return BigInteger.valueOf(value);
    }
}
