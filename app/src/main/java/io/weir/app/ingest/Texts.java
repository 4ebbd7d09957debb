package io.weir.app.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Values of an entry as text. */
final class Texts {
    private static final int SHOWN = 80;
    private static final int MAX_SCALE = 40;

    private Texts() {}

    /** A string as it is, a number as it was written, a boolean as its word; null where the value is something else. */
    static @Nullable String scalar(@Nullable JsonNode value) {
        if (value == null || !value.isValueNode() || value.isNull()) {
            return null;
        }
        if (value.isBigDecimal()) {
            BigDecimal number = value.decimalValue();
            return Math.abs(number.scale()) <= MAX_SCALE ? number.toPlainString() : number.toString();
        }
        return value.asText();
    }

    /** The same; of a list, as headers have their values in, the first. */
    static @Nullable String first(@Nullable JsonNode value) {
        return scalar(value != null && value.isArray() ? value.get(0) : value);
    }

    /** Whether there is no value: logs write nothing or a dash for what a request did not have. */
    static boolean absent(@Nullable String text) {
        return text == null || text.isBlank() || text.equals("-");
    }

    /** A value as messages show it: on one line, and not longer than is useful. */
    static String shown(@Nullable String text) {
        if (text == null) {
            return "none";
        }
        StringBuilder shown = new StringBuilder("'");
        for (int i = 0; i < Math.min(text.length(), SHOWN); i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) ? ' ' : c);
        }
        return shown.append(text.length() > SHOWN ? "…'" : "'").toString();
    }
}
