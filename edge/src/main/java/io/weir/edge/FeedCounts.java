package io.weir.edge;

import java.util.concurrent.atomic.LongAdder;

/** What has become of the events of a feed, since it began. Any thread may read. */
final class FeedCounts {
    /** Events sent, one for hits that were summed. */
    final LongAdder sent = new LongAdder();

    /** Events whose hits were added to those of another because they could not be sent. */
    final LongAdder summed = new LongAdder();

    /** Hits that are missing from the counts. */
    final LongAdder lostHits = new LongAdder();

    /** Denied requests and outcomes that the enforcers never heard of. */
    final LongAdder lostStrikes = new LongAdder();

    /** Records sent again because the producer gave them up. */
    final LongAdder resent = new LongAdder();

    /** Says that an event is lost. */
    void lost(Event event) {
        boolean hits = event.kind() != Event.Kind.DENIED && event.request().hits() > 0;
        if (hits) {
            lostHits.add(event.request().hits());
        } else {
            lostStrikes.increment();
        }
    }
}
