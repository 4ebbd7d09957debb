package io.weir.topology;

import io.weir.engine.decide.Expiry;
import io.weir.engine.decide.Outbox;
import io.weir.engine.decide.Registry;
import io.weir.engine.decide.Remembered;
import io.weir.engine.decide.Usages;
import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.UsageCodec;
import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The usage that visits read and change, what is remembered of request ids, and when each is due to disappear. */
final class StoredUsages implements Usages, UsageTable.Writer {
    /** First byte of what is remembered of a request id, beside {@link UsageCodec#VERSION} for usage. */
    private static final byte REMEMBERED = 'r';

    private static final int REMEMBERED_HEADER = 1 + Long.BYTES;
    private static final String REQUEST_MARK = "\u001f\u001f";

    private final UsageTable table;
    private final DueTimes due;
    private final Expiry expiry;
    private long now;

    StoredUsages(UsageTable table, KeyValueStore<byte[], byte[]> due, Registry registry) {
        this.table = table;
        this.due = new DueTimes(due);
        this.expiry = new Expiry(registry);
        table.writer(this);
    }

    /** The log appended a record then, in epoch ms; the clock never goes back. */
    void begin(long appendTime) {
        now = Math.max(now, appendTime);
        table.begin();
    }

    /** What the record changed is whole. */
    void done() {
        table.done();
    }

    /** Follows {@link #begin} in any case. */
    void release() {
        table.release();
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public SubjectUsage usage(String key) {
        return table.usage(key);
    }

    @Override
    public void changed(String key, SubjectUsage usage) {
        table.changed(key, usage);
    }

    @Override
    public void writing(byte[] key, SubjectUsage usage) {
        if (usage.scheduledAt() == 0) {
            usage.scheduledAt(due.add(DueTimes.Kind.ENTRY, now, usage.keepUntil(), key));
        }
        long lift = Expiry.nextLift(usage);
        if (lift > 0) {
            due.add(DueTimes.Kind.LIFT, now, lift, key);
        }
    }

    @Override
    public void written() {
        due.flush();
    }

    @Override
    public @Nullable Remembered remembered(String key) {
        byte[] bytes = table.raw(key);
        if (bytes == null) {
            return null;
        }
        long timestamp = ByteBuffer.wrap(bytes, 1, Long.BYTES).getLong();
        byte[] decision = new byte[bytes.length - REMEMBERED_HEADER];
        System.arraycopy(bytes, REMEMBERED_HEADER, decision, 0, decision.length);
        return new Remembered(
                timestamp, decision.length == 0 ? null : Conversions.decision(Contracts.DECISION.decode(decision)));
    }

    @Override
    public void remember(String key, Remembered remembered, long keepUntil) {
        byte[] decision = remembered.decision() == null
                ? new byte[0]
                : Contracts.DECISION.encode(Conversions.event(remembered.decision(), null));
        table.raw(
                key,
                ByteBuffer.allocate(REMEMBERED_HEADER + decision.length)
                        .put(REMEMBERED)
                        .putLong(remembered.timestamp())
                        .put(decision)
                        .array());
        due.add(DueTimes.Kind.ENTRY, now, keepUntil, key.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Deletes dead entries and takes ended blocks off the list, about {@code most} of them or, in a flood, as many as come.
     *
     * @param liftNow the time by which blocks have ended; later than {@link #now} where no events come that could tell
     */
    void expire(long liftNow, int most, Outbox outbox) {
        due.drain(DueTimes.Kind.LIFT, liftNow, most, key -> {
            SubjectUsage usage = usage(key);
            if (expiry.lift(key, usage, liftNow, outbox)) {
                changed(key, usage);
            }
        });
        due.drain(DueTimes.Kind.ENTRY, now, most, key -> {
            if (key.contains(REQUEST_MARK)) {
                table.raw(key, null);
                return;
            }
            SubjectUsage usage = usage(key);
            usage.scheduledAt(0);
            if (expiry.expire(key, usage, now, outbox)) {
                table.remove(key);
            } else {
                changed(key, usage);
            }
        });
    }
}
