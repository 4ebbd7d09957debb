package io.weir.app.json;

import org.jspecify.annotations.Nullable;

/**
 * A line that is not what its reader expects. The message says which line, what was expected and what was found; it
 * carries no stack trace, because a recording may hold millions of such lines.
 */
public final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long lineNumber;
    private final @Nullable String requestId;

    /**
     * @param lineNumber counted from 1
     * @param requestId the line's request id where it could be read
     * @param problem what was expected and what was found
     */
    public BadLineException(long lineNumber, @Nullable String requestId, String problem) {
        super("line " + lineNumber + ": " + problem, null, false, false);
        this.lineNumber = lineNumber;
        this.requestId = requestId;
    }

    /** Counted from 1. */
    public long lineNumber() {
        return lineNumber;
    }

    public @Nullable String requestId() {
        return requestId;
    }
}
