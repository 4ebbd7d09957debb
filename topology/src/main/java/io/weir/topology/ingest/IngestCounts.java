package io.weir.topology.ingest;

import java.util.concurrent.atomic.LongAdder;

/**
 * What has been done since the start, in this process. What an aborted transaction did is done again and counted again. May
 * be used by many threads.
 */
public final class IngestCounts {
    private final LongAdder records = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();

    /**
     * How many there were at one moment.
     *
     * @param records records read
     * @param events requests found in them
     * @param skipped entries of another kind
     * @param deadLetters entries and records that should be requests and are not
     */
    public record Snapshot(long records, long events, long skipped, long deadLetters) {
        @Override
        public String toString() {
            return records + " records, " + events + " events, " + skipped + " skipped, " + deadLetters
                    + " dead letters";
        }
    }

    void record() {
        records.increment();
    }

    void event() {
        events.increment();
    }

    void skipped() {
        skipped.increment();
    }

    void deadLetter() {
        deadLetters.increment();
    }

    public Snapshot now() {
        return new Snapshot(records.sum(), events.sum(), skipped.sum(), deadLetters.sum());
    }
}
