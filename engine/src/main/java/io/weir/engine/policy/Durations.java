package io.weir.engine.policy;

import io.weir.engine.document.Numbers;
import io.weir.engine.document.Suggestion;
import io.weir.engine.policy.Limit.Unit;
import io.weir.engine.policy.Limit.Window;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time and limits as text: {@code 12 minutes}, {@code 100ms}, {@code 60 per minute}. */
final class Durations {
    /** The longest window or block: ten years. */
    static final int MAX_MONTHS = 120;

    static final long MAX_MS = MAX_MONTHS * Unit.MONTH.millis;

    /** Longer texts are not looked at: no length or limit needs more. */
    private static final int MAX_TEXT = 60;

    private static final Pattern LENGTH = Pattern.compile("([\\d_,]{1,20})?\\s*([A-Za-z]+)");
    private static final Pattern LIMIT = Pattern.compile("(\\S+)\\s+per\\s+(.+)");

    private static final Map<String, Unit> UNITS = Map.ofEntries(
            Map.entry("ms", Unit.MILLISECOND),
            Map.entry("millisecond", Unit.MILLISECOND),
            Map.entry("milliseconds", Unit.MILLISECOND),
            Map.entry("s", Unit.SECOND),
            Map.entry("second", Unit.SECOND),
            Map.entry("seconds", Unit.SECOND),
            Map.entry("m", Unit.MINUTE),
            Map.entry("minute", Unit.MINUTE),
            Map.entry("minutes", Unit.MINUTE),
            Map.entry("h", Unit.HOUR),
            Map.entry("hour", Unit.HOUR),
            Map.entry("hours", Unit.HOUR),
            Map.entry("d", Unit.DAY),
            Map.entry("day", Unit.DAY),
            Map.entry("days", Unit.DAY),
            Map.entry("week", Unit.WEEK),
            Map.entry("weeks", Unit.WEEK),
            Map.entry("month", Unit.MONTH),
            Map.entry("months", Unit.MONTH));

    private static final List<String> UNIT_NAMES = List.of(
            "ms", "s", "second", "seconds", "m", "minute", "minutes", "h", "hour", "hours", "d", "day", "days", "week",
            "weeks", "month", "months");

    private Durations() {}

    /** A count and the window it is for. */
    record Rate(long count, Window window) {}

    /** {@code 60 per minute}, {@code 200,000 per 1 day}. */
    static Rate rate(String text) {
        Matcher matcher = LIMIT.matcher(text.trim());
        if (text.length() > MAX_TEXT || !matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected <count> per [n] <unit>, like 60 per minute, found '" + text + "'");
        }
        return new Rate(count(matcher.group(1), text), window(matcher.group(2)));
    }

    private static long count(String text, String whole) {
        String plain = Numbers.plain(text);
        long count = digits(plain);
        if (count < 0 || count > Limit.MAX_COUNT) {
            throw new IllegalArgumentException(
                    "expected a count from 0 to " + Limit.MAX_COUNT + " before 'per', found '" + whole + "'");
        }
        return count;
    }

    /** The number that up to 13 digits say, or -1. */
    private static long digits(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 13 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Long.parseLong(text) : -1;
    }

    /** {@code minute}, {@code 12 minutes}, {@code 100ms}. */
    static Window window(String text) {
        String trimmed = text.trim();
        Matcher matcher = LENGTH.matcher(trimmed);
        boolean shaped = trimmed.length() <= MAX_TEXT && matcher.matches();
        Unit unit = shaped ? UNITS.get(matcher.group(2)) : null;
        if (unit == null) {
            String word = shaped ? matcher.group(2) : "";
            throw new IllegalArgumentException("expected [n] <unit> with a unit that is "
                    + Suggestion.oneOf(word, UNIT_NAMES) + ", found '" + text + "'");
        }
        String digits = matcher.group(1);
        long count = digits == null ? 1 : digits(Numbers.plain(digits));
        if (count < 1 || count > Math.min(MAX_MS / unit.millis, Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "expected a length from 1 ms to " + MAX_MONTHS + " months, found '" + text + "'");
        }
        return new Window((int) count, unit, name(count, unit));
    }

    /** {@code minute} for one of them, {@code 12 minutes} for more, {@code 100ms}. */
    private static String name(long count, Unit unit) {
        if (unit == Unit.MILLISECOND) {
            return count + "ms";
        }
        return count == 1 ? unit.singular : count + " " + unit.singular + "s";
    }

    /** A length of time in ms; months have no fixed length and are refused. */
    static long millis(String text) {
        Window window = window(text);
        if (window.unit() == Unit.MONTH) {
            throw new IllegalArgumentException("expected a fixed length, at most in weeks, found '" + text + "'");
        }
        return window.nominalMs();
    }
}
