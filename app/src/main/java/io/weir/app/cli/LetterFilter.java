package io.weir.app.cli;

import io.weir.app.letters.Letter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which dead letters are meant. */
final class LetterFilter {
    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Only letters whose reason has this in it; case does not matter.")
    private @Nullable String reason;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = Since.class,
            description = "Only letters kept since: 30m, 2h, 1d ago, or a time like 2026-11-25T12:00:00Z.")
    private @Nullable Instant since;

    @Option(names = "--topic", paramLabel = "NAME", description = "Only letters of records of that topic.")
    private @Nullable String topic;

    @Nullable
    Instant since() {
        return since;
    }

    boolean isEmpty() {
        return reason == null && since == null && topic == null;
    }

    boolean accepts(Letter letter) {
        return (reason == null
                        || letter.content()
                                .getReason()
                                .toLowerCase(Locale.ROOT)
                                .contains(reason.toLowerCase(Locale.ROOT)))
                && (topic == null || topic.equals(letter.content().getTopic()));
    }

    /** {@code 2h} ago, or an instant. */
    static final class Since implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                if (text.indexOf('T') > 0) {
                    return Instant.parse(text);
                }
                Duration ago = new Durations().convert(text);
                return Instant.now().minus(ago);
            } catch (DateTimeException | TypeConversionException unreadable) {
                throw new TypeConversionException(
                        "expected a length of time like 30m, 2h or 1d, or a time like 2026-11-25T12:00:00Z, found '"
                                + text + "'");
            }
        }
    }
}
