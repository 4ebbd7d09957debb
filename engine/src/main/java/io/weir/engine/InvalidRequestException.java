package io.weir.engine;

/** A request that cannot be decided because it is malformed; the message says what was expected and what was found. */
public final class InvalidRequestException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message) {
        super(message);
    }
}
