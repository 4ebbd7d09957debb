package io.weir.app.input;

import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of a recording: a request, or what is wrong with it. */
public sealed interface Line {

    /** A line that is a request. */
    record Good(Request request) implements Line {}

    /**
     * A line that is none.
     *
     * @param lineNumber counted from 1
     * @param message which line, what was expected, what was found
     * @param requestId where it could be read
     */
    record Bad(long lineNumber, String message, @Nullable String requestId) implements Line {

        /** The answer to such a line: denied as invalid, with status 400 and the message. */
        public Decision decision() {
            return new Decision(
                    requestId,
                    "",
                    0,
                    Outcome.DENY,
                    Reason.INVALID,
                    400,
                    null,
                    null,
                    List.of(),
                    0,
                    0,
                    List.of(),
                    message);
        }
    }
}
