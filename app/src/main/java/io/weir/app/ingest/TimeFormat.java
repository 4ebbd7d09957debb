package io.weir.app.ingest;

import io.weir.engine.Request;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How a log writes the time of a request. */
enum TimeFormat {
    /** Milliseconds since 1970, perhaps with decimals. */
    EPOCH_MS("epoch-ms", "epoch milliseconds like 1700000000123"),
    /** Seconds since 1970, usually with decimals. */
    EPOCH_S("epoch-s", "epoch seconds like 1700000000.123"),
    /** {@code 2023-11-14T22:13:20.123Z}, or with an offset. */
    RFC3339("rfc3339", "a time with its offset like 2023-11-14T22:13:20.123Z"),
    /** {@code 14/Nov/2023:22:13:20 +0000}. */
    CLF("clf", "a time like 14/Nov/2023:22:13:20 +0000");

    /** Epoch ms of the beginning of 1971: what is before it was written in another unit, or by a clock that was not set. */
    private static final long EARLIEST = 31_536_000_000L;

    private static final int MAX_LENGTH = 40;
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1_000);
    private static final BigDecimal LATEST = BigDecimal.valueOf(Request.MAX_TIMESTAMP);

    private static final DateTimeFormatter RFC3339_TIME = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final DateTimeFormatter CLF_TIME = DateTimeFormatter.ofPattern(
                    "dd/MMM/uuuu:HH:mm:ss Z", Locale.ENGLISH)
            .withResolverStyle(ResolverStyle.STRICT);

    private final String word;
    private final String expected;

    TimeFormat(String word, String expected) {
        this.word = word;
        this.expected = expected;
    }

    static List<String> words() {
        return Arrays.stream(values()).map(format -> format.word).toList();
    }

    static TimeFormat of(String word) {
        return Arrays.stream(values())
                .filter(format -> format.word.equals(word))
                .findFirst()
                .orElseThrow();
    }

    /** What messages say that was expected. */
    String expected() {
        return expected;
    }

    /** Epoch ms, rounded down. */
    long millis(String text) throws RefusedEntryException {
        long millis;
        try {
            if (text.length() > MAX_LENGTH) {
                throw new DateTimeException("too long");
            }
            millis = switch (this) {
                case EPOCH_MS -> number(new BigDecimal(text));
                case EPOCH_S -> number(new BigDecimal(text).multiply(THOUSAND));
                case RFC3339 -> RFC3339_TIME.parse(text, Instant::from).toEpochMilli();
                case CLF -> CLF_TIME.parse(text, Instant::from).toEpochMilli();
            };
        } catch (DateTimeException | ArithmeticException | NumberFormatException unreadable) {
            throw new RefusedEntryException("expected " + expected + ", found " + Texts.shown(text));
        }
        if (millis < EARLIEST) {
            throw new RefusedEntryException(
                    "expected " + expected + " and after 1970, found " + Texts.shown(text) + " (another unit?)");
        }
        return millis;
    }

    /** Bounds are looked at first: a number such as 1e999999999 has no more than eleven characters. */
    private static long number(BigDecimal millis) {
        if (millis.signum() < 0 || millis.compareTo(LATEST) > 0) {
            throw new ArithmeticException("out of range");
        }
        return millis.scale() > MAX_LENGTH
                ? 0
                : millis.setScale(0, RoundingMode.FLOOR).longValueExact();
    }
}
