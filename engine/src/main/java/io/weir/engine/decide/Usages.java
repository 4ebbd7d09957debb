package io.weir.engine.decide;

import io.weir.engine.limit.SubjectUsage;
import org.jspecify.annotations.Nullable;

/** The stored usage that a visit reads and changes. Confined to one thread. */
public interface Usages {
    /** The entry under that key, a new empty one where there is none. */
    SubjectUsage usage(String key);

    /** Says that the entry was changed and must be stored. */
    void changed(String key, SubjectUsage usage);

    /** What is remembered of a request id, or null. */
    @Nullable
    Remembered remembered(String key);

    /** Remembers until {@code keepUntil} on the clock of {@link #now}. */
    void remember(String key, Remembered remembered, long keepUntil);

    /**
     * The time by which entries expire, in epoch ms. It must not follow any single event's timestamp: on a cluster it is
     * the time at which the log appended the record.
     */
    long now();
}
