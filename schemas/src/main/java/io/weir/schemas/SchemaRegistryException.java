package io.weir.schemas;

import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The schema registry did not do what it was asked. The message names it, what was expected and what was found. */
public final class SchemaRegistryException extends KafkaException {
    private static final long serialVersionUID = 1L;

    private final boolean retriable;

    private SchemaRegistryException(String message, boolean retriable, @Nullable Throwable cause) {
        super(message, cause);
        this.retriable = retriable;
    }

    /** It is away, or says that it cannot answer now, or something else answers in its place. */
    static SchemaRegistryException unavailable(String message, @Nullable Throwable cause) {
        return new SchemaRegistryException(message, true, cause);
    }

    /** It has answered, and will answer the same again. */
    static SchemaRegistryException refused(String message) {
        return new SchemaRegistryException(message, false, null);
    }

    /** Whether asking again later may help. */
    public boolean retriable() {
        return retriable;
    }
}
