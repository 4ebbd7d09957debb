package io.weir.app.letters;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a dead letter stands on its topic: {@code 0/123} is offset 123 of partition 0. */
public record LetterId(int partition, long offset) {
    private static final Pattern TEXT = Pattern.compile("(?:(\\d{1,9})/)?(\\d{1,18})");

    /**
     * Reads {@code 0/123}, or {@code 123} for partition 0.
     *
     * @throws IllegalArgumentException saying what was expected and what was found
     */
    public static LetterId parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected a letter as weir dead-letters list names it, like 0/123, found '" + text + "'");
        }
        String partition = matcher.group(1);
        return new LetterId(partition == null ? 0 : Integer.parseInt(partition), Long.parseLong(matcher.group(2)));
    }

    @Override
    public String toString() {
        return partition + "/" + offset;
    }
}
