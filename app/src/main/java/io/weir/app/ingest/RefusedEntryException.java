package io.weir.app.ingest;

/** An entry that should be a request and is none. Carries no stack trace: a log may hold millions of such entries. */
final class RefusedEntryException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param reason what was expected, what was found, and where */
    RefusedEntryException(String reason) {
        super(reason, null, false, false);
    }
}
