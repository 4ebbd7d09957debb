package io.weir.app.broker;

import org.jspecify.annotations.Nullable;

/** The embedded broker cannot start; the message says what was expected, what was found and where. */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
