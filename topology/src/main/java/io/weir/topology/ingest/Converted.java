package io.weir.topology.ingest;

import io.weir.engine.Request;
import org.jspecify.annotations.Nullable;

/** What an entry of a gateway's log turned out to be. */
public sealed interface Converted {
    /** A request. */
    record Event(Request request) implements Converted {}

    /** Something else that belongs on the topic, such as a health report: left alone. */
    record Skipped() implements Converted {}

    /**
     * What should be a request and is none.
     *
     * @param reason what was expected, what was found, and where
     * @param value the entry
     * @param requestId the request, if it could be read
     */
    record Refused(String reason, byte[] value, @Nullable String requestId) implements Converted {}
}
