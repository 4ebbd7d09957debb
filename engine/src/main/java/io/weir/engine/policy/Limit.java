package io.weir.engine.policy;

import org.jspecify.annotations.Nullable;

/**
 * A quota over a window.
 *
 * @param name shown to clients; by default the window's unit text ({@code minute}, {@code 12 minutes}, {@code 100ms})
 * @param plan the plan this limit is for, {@code "default"} for plans not listed, or null when it is for everyone
 * @param count hits per window when {@code reference} is null
 * @param reference where else hits per window come from, or null
 * @param times what the hits per window are multiplied by, or null
 * @param burst most hits a bucket holds; 0 means as many as the limit; only for {@link Algorithm#BUCKET}
 * @param optional whether a reference that resolves to nothing means "no limit" rather than a limit of 0
 */
public record Limit(
        String name,
        @Nullable String plan,
        long count,
        @Nullable Reference reference,
        @Nullable Reference times,
        Window window,
        Algorithm algorithm,
        long burst,
        boolean optional) {

    /** The largest limit and burst accepted. */
    public static final long MAX_COUNT = 1_000_000_000_000L;

    public Limit {
        if (count < 0 || count > MAX_COUNT) {
            throw new IllegalArgumentException("limit must be from 0 to " + MAX_COUNT + ", but was " + count);
        }
        if (burst < 0 || burst > MAX_COUNT) {
            throw new IllegalArgumentException("burst must be from 0 to " + MAX_COUNT + ", but was " + burst);
        }
    }

    /** How hits are counted in a window. */
    public enum Algorithm {
        /** Clock-aligned windows {@code [start, end)}. */
        FIXED,
        /** Windows that begin with their first hit ({@code align: first-hit}). */
        FIRST_HIT,
        /** Two-window weighted approximation of a moving window. */
        SLIDING,
        /** Token bucket (GCRA): refilled evenly, starts full. */
        BUCKET
    }

    /**
     * A number known for an entity of the request: {@code account.devices} or {@code device.limits.send-data}. An event
     * attribute of the same name wins over an entity's attribute.
     *
     * @param entityType {@code account}, {@code profile}, {@code device}, {@code token}, {@code user} or {@code ip}
     * @param fromLimits whether {@code name} is one of the entity's limits rather than its attributes
     */
    public record Reference(String entityType, boolean fromLimits, String name) {}

    /**
     * A length of time as the author wrote it.
     *
     * @param count how many units, 1 or more
     * @param text the limit's default name ({@code minute}, {@code 12 minutes}, {@code 100ms})
     */
    public record Window(int count, Unit unit, String text) {
        public Window {
            if (count < 1) {
                throw new IllegalArgumentException(
                        "window must be at least one " + unit.singular + ", but was " + count);
            }
        }

        /** Nominal length in ms; a month counts as 31 days, the longest it can be. */
        public long nominalMs() {
            return Math.multiplyExact(count, unit.millis);
        }
    }

    /** Units of time. */
    public enum Unit {
        MILLISECOND("ms", 1),
        SECOND("second", 1_000),
        MINUTE("minute", 60_000),
        HOUR("hour", 3_600_000),
        DAY("day", 86_400_000),
        WEEK("week", 604_800_000),
        MONTH("month", 31L * 86_400_000);

        public final String singular;
        public final long millis;

        Unit(String singular, long millis) {
            this.singular = singular;
            this.millis = millis;
        }
    }
}
