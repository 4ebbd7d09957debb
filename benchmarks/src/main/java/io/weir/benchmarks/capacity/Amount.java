package io.weir.benchmarks.capacity;

import java.util.Locale;

/** Amounts in words. */
final class Amount {
    private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB", "PB"};
    private static final String[] COUNTS = {"", "k", "M", "G"};
    private static final int STEP = 1_000;
    private static final int FEW = 10;

    private Amount() {}

    /** Such as {@code 861 MB}. */
    static String bytes(double bytes) {
        return scaled(bytes, BYTES, " ");
    }

    /** Such as {@code 100k}. */
    static String count(double count) {
        return scaled(count, COUNTS, "");
    }

    static String cores(double cores) {
        return String.format(Locale.ROOT, cores < FEW ? "%.1f" : "%.0f", cores);
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, seconds < FEW ? "%.1f s" : "%.0f s", seconds);
    }

    private static String scaled(double value, String[] units, String space) {
        double left = value;
        int unit = 0;
        while (left >= STEP && unit < units.length - 1) {
            left /= STEP;
            unit++;
        }
        boolean whole = left >= FEW || left == Math.rint(left);
        return String.format(Locale.ROOT, whole ? "%.0f" : "%.1f", left) + space + units[unit];
    }
}
