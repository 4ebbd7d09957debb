package io.weir.app;

import org.jspecify.annotations.Nullable;

/**
 * Something the user can put right: told in one line, without a stack trace. The message says what was expected, what
 * was found and where.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The exit code of a run that failed. */
    public static final int FAILED = 1;

    /** The exit code of wrong usage and of an invalid policy. */
    public static final int WRONG_USAGE = 2;

    private final int exitCode;

    private UserException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public static UserException failed(String message) {
        return new UserException(FAILED, message, null);
    }

    public static UserException failed(String message, Throwable cause) {
        return new UserException(FAILED, message, cause);
    }

    public static UserException wrongUsage(String message) {
        return new UserException(WRONG_USAGE, message, null);
    }

    public int exitCode() {
        return exitCode;
    }
}
