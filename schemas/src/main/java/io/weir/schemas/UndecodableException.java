package io.weir.schemas;

/** Bytes that are not a record of a contract; the message says what was expected and what was found. */
public final class UndecodableException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UndecodableException(String message) {
        super(message);
    }
}
