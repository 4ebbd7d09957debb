package io.weir.topology;

import io.weir.engine.decide.Registry;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.PolicyDocument;

/** Puts policies in force. */
final class PolicyFollower extends Follower {
    private final Registry registry;

    PolicyFollower(Registry registry) {
        super("policies");
        this.registry = registry;
    }

    @Override
    void set(byte[] value) {
        PolicyDocument document = Contracts.POLICY.decode(value);
        registry.apply(PolicyReader.read(document.getDomain(), document.getYaml()));
    }

    @Override
    void remove(byte[] before) {
        registry.removePolicy(Contracts.POLICY.decode(before).getDomain());
    }
}
