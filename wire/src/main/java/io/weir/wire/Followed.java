package io.weir.wire;

import io.weir.engine.decide.Registry;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.EntityDocument;
import io.weir.schemas.avro.PolicyDocument;

/** The compacted topics that a {@link Registry} is kept in step with, and what their records mean to it. */
public enum Followed {
    /** Puts policies in force. */
    POLICIES(Topics.POLICIES) {
        @Override
        public void set(Registry registry, byte[] value) {
            PolicyDocument document = Contracts.POLICY.decode(value);
            registry.apply(PolicyReader.read(document.getDomain(), document.getYaml()));
        }

        @Override
        public void remove(Registry registry, byte[] before) {
            registry.removePolicy(Contracts.POLICY.decode(before).getDomain());
        }
    },
    /** Makes entities known. */
    ENTITIES(Topics.ENTITIES) {
        @Override
        public void set(Registry registry, byte[] value) {
            registry.put(Conversions.entity(Contracts.ENTITY.decode(value)));
        }

        @Override
        public void remove(Registry registry, byte[] before) {
            EntityDocument entity = Contracts.ENTITY.decode(before);
            registry.removeEntity(entity.getType(), entity.getId());
        }
    },
    /** Keeps the block list. */
    BLOCKLIST(Topics.BLOCKLIST) {
        @Override
        public void set(Registry registry, byte[] value) {
            registry.put(Conversions.block(Contracts.BLOCK.decode(value)));
        }

        @Override
        public void remove(Registry registry, byte[] before) {
            registry.remove(Conversions.block(Contracts.BLOCK.decode(before)));
        }
    };

    private final String topic;

    Followed(String topic) {
        this.topic = topic;
    }

    /** The topic's name. */
    public String topic() {
        return topic;
    }

    /**
     * A value has come for a key.
     *
     * @throws RuntimeException when it makes no sense; its message says why, and nothing has changed
     */
    public abstract void set(Registry registry, byte[] value);

    /** A key's value is gone; {@code before} is what it was. */
    public abstract void remove(Registry registry, byte[] before);
}
