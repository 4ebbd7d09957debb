package io.weir.app.identity;

/** A request that is refused before anybody is asked; the message, told to the client, says what was expected. */
public final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadRequestException(String message) {
        super(message, null, false, false);
    }
}
