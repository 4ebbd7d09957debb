package io.weir.edge;

import io.weir.engine.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to the feed.
 *
 * @param waiting who awaits its decision, or null where nobody does
 * @param kind who decides it
 */
record Event(Request request, Awaited.@Nullable Waiting waiting, Kind kind) {

    /** Who decides a request. */
    enum Kind {
        /** The enforcers; it leaves as it is. */
        ASKED,
        /** Somebody admitted it, and nothing is counted here; it leaves as it is. */
        REPORTED,
        /** This edge admitted and counted it; its token is not hashed yet. */
        ADMITTED,
        /** This edge denied it for a limit, or only asks, with no hits; its token is not hashed yet. */
        DENIED
    }

    /** Whether it was decided here. */
    boolean checked() {
        return kind == Kind.ADMITTED || kind == Kind.DENIED;
    }

    /** Whether whoever awaited its decision has been answered. */
    boolean answered() {
        return waiting != null && waiting.future().isDone();
    }

    /** The same with another number of hits. */
    Event withHits(long hits) {
        return new Event(request.withHits(hits), waiting, kind);
    }
}
