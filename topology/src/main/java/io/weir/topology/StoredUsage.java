package io.weir.topology;

import io.weir.engine.limit.SubjectUsage;

/** The usage that this instance's tasks keep, read from outside of their threads. Safe for use by many threads. */
interface StoredUsage {
    /** Whether a task of this instance keeps that partition's usage. */
    boolean keeps(int partition);

    /**
     * The entry under that key as it stands at some moment, an empty one where there is none. The caller owns it: it
     * changes no more.
     *
     * @throws org.apache.kafka.streams.errors.InvalidStateStoreException when it cannot be read now
     */
    SubjectUsage read(int partition, String entryKey);
}
