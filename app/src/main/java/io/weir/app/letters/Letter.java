package io.weir.app.letters;

import io.weir.schemas.avro.DeadLetter;
import io.weir.wire.Topics;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it is found on its topic.
 *
 * @param kept when it was written, by the broker's clock
 * @param retried whether it has been sent again
 */
public record Letter(LetterId id, Instant kept, DeadLetter content, boolean retried) {
    /** Topics that a record may be sent to again; anything else in a letter is a forgery, or of a later version. */
    private static final Set<String> SOURCES = Set.of(Topics.REQUESTS, Topics.VISITS);

    /** Why it cannot be sent again, or null when it can. */
    public @Nullable String obstacle() {
        if (!SOURCES.contains(content.getTopic())) {
            return "expected a record of " + Topics.REQUESTS + " or " + Topics.VISITS + ", found one of '"
                    + content.getTopic() + "'";
        }
        return content.getValue() == null ? "expected a record with a value, found none" : null;
    }
}
