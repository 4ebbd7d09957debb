package io.weir.engine.document;

import java.util.regex.Pattern;

/** Numbers as people write them. */
public final class Numbers {
    private static final Pattern GROUPED = Pattern.compile("\\d{1,3}(?:,\\d{3})+");

    private Numbers() {}

    /** {@code 200_000} and {@code 200,000} are 200000; anything else stays as it is. */
    public static String plain(String text) {
        if (text.length() <= 40 && GROUPED.matcher(text).matches()) {
            return text.replace(",", "");
        }
        return text.startsWith("_") || text.endsWith("_") ? text : text.replace("_", "");
    }
}
