package io.weir.app.admin;

/** A question that makes no sense; the message says what was expected and what was found. */
final class BadQuestionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadQuestionException(String message) {
        super(message);
    }
}
