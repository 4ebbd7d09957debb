package io.weir.topology;

import io.weir.engine.decide.Registry;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.EntityDocument;
import io.weir.wire.Conversions;

/** Makes entities known. */
final class EntityFollower extends Follower {
    private final Registry registry;

    EntityFollower(Registry registry) {
        super("entities");
        this.registry = registry;
    }

    @Override
    void set(byte[] value) {
        registry.put(Conversions.entity(Contracts.ENTITY.decode(value)));
    }

    @Override
    void remove(byte[] before) {
        EntityDocument entity = Contracts.ENTITY.decode(before);
        registry.removeEntity(entity.getType(), entity.getId());
    }
}
