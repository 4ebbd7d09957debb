package io.weir.topology;

import io.weir.engine.decide.Block;
import io.weir.engine.decide.Registry;
import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;

/** Keeps the block list. */
final class BlockFollower extends Follower {
    private final Registry registry;

    BlockFollower(Registry registry) {
        super("blocklist");
        this.registry = registry;
    }

    @Override
    void set(byte[] value) {
        registry.put(Conversions.block(Contracts.BLOCK.decode(value)));
    }

    @Override
    void remove(byte[] before) {
        Block block = Conversions.block(Contracts.BLOCK.decode(before));
        registry.removeBlock(block.entryKey(), block.name());
    }
}
