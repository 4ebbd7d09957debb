package io.weir.topology;

/** Stored usage cannot be read at the moment, because partitions are moving or being restored: ask again soon. */
public final class UnsettledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnsettledException(String message) {
        super(message);
    }

    UnsettledException(String message, Throwable cause) {
        super(message, cause);
    }
}
