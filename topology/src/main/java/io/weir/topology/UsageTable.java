package io.weir.topology;

import io.weir.engine.limit.SubjectUsage;
import org.jspecify.annotations.Nullable;

/**
 * Where the usage of subjects stands: decoded entries above a store of bytes. For the task's thread; what is between
 * {@link #begin} and {@link #done} belongs to one record.
 *
 * <p>Whatever an implementation keeps in memory is in the store and its changelog before the transaction commits that
 * the change belongs to.
 */
interface UsageTable {

    /** What the table asks of its owner when it writes. */
    interface Writer {
        /** An entry is about to be written: what it says of when it is due can still be changed. */
        void writing(byte[] key, SubjectUsage usage);

        /** Entries have been written, and the commit may follow: what belongs to them must be written too. */
        void written();
    }

    /** Says who is told before entries are written; called once before anything else. */
    void writer(Writer writer);

    /** A record, or a punctuation, begins. */
    void begin();

    /** The entry under that key, a new empty one where there is none. The same object until {@link #done}. */
    SubjectUsage usage(String key);

    /** An entry that {@link #usage} gave has been changed. */
    void changed(String key, SubjectUsage usage);

    /** What stands under a key that is no subject's, or null. */
    byte @Nullable [] raw(String key);

    /** Writes under a key that is no subject's; null deletes. */
    void raw(String key, byte @Nullable [] value);

    /** Deletes an entry. */
    void remove(String key);

    /** The record is done, its changes are whole. */
    void done();

    /** Follows {@link #begin} in any case, also when the record failed. */
    void release();
}
