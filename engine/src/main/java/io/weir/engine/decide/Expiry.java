package io.weir.engine.decide;

import io.weir.engine.limit.BlockState;
import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.Windows;
import io.weir.engine.policy.Limit;
import org.jspecify.annotations.Nullable;

/**
 * When stored entries are due, on the clock of {@link Usages#now}, and what happens then: ended blocks leave the block
 * list, dead subjects disappear.
 *
 * <p>An entry stands in the index of due times once, under {@link SubjectUsage#scheduledAt}. It is touched far more often
 * than it expires, so an entry that is used again is only looked at, and put further back, when its old time comes.
 */
public final class Expiry {
    private final Registry registry;

    public Expiry(Registry registry) {
        this.registry = registry;
    }

    /** When the next of the entry's blocks is to leave the block list, or 0 when none is. */
    public static long nextLift(SubjectUsage usage) {
        long next = 0;
        for (int i = 0; i < usage.blockCount(); i++) {
            long lift = usage.blockAt(i).liftAt();
            if (lift > 0 && (next == 0 || lift < next)) {
                next = lift;
            }
        }
        return next;
    }

    /** Takes blocks that have ended off the list. Returns whether there were any, so that the entry has changed. */
    public boolean lift(String key, SubjectUsage usage, long now, Outbox outbox) {
        CompiledPolicy policy = registry.policy(Keys.places(key).get(0));
        boolean lifted = false;
        for (int i = 0; i < usage.blockCount(); i++) {
            BlockState state = usage.blockAt(i);
            if (state.liftAt() > 0 && state.liftAt() <= now) {
                lift(key, policy, usage.blockId(i), state, outbox);
                usage.setBlock(usage.blockId(i), state.lifted());
                lifted = true;
            }
        }
        return lifted;
    }

    /** Whether the entry is dead and can be deleted; if so, the windows it had are reported closed. */
    public boolean expire(String key, SubjectUsage usage, long now, Outbox outbox) {
        if (usage.keepUntil() > now) {
            return false;
        }
        CompiledPolicy policy = registry.policy(Keys.places(key).get(0));
        if (policy != null) {
            close(key, policy, usage, outbox);
        }
        return true;
    }

    private void lift(String key, @Nullable CompiledPolicy policy, int id, BlockState state, Outbox outbox) {
        CompiledBlock block = policy == null ? null : policy.block(id);
        if (block != null) {
            outbox.lift(Block.of(key, block.rule().name(), state, "ended", block.shadow()));
            return;
        }
        // The policy no longer has this block; the list still knows what it was called.
        for (Block listed : registry.blocksOf(key)) {
            if (listed.from() == state.from() && listed.until() == state.until()) {
                outbox.lift(listed);
            }
        }
    }

    /** The last windows of a dead subject were never followed by others that would have closed them. */
    private static void close(String key, CompiledPolicy policy, SubjectUsage usage, Outbox outbox) {
        UsagePace pace = new UsagePace(outbox);
        for (int i = 0; i < usage.size(); i++) {
            CompiledLimit limit = policy.limit(usage.id(i));
            Windows windows = usage.windowsAt(i);
            if (limit != null && windows.size() > 0 && limit.limit().algorithm() != Limit.Algorithm.BUCKET) {
                pace.closed(limit, key, windows, windows.size() - 1);
            }
        }
    }
}
