package io.weir.edge.local;

import io.weir.engine.Request;
import io.weir.engine.policy.BlockRule;
import io.weir.engine.policy.KeyAttribute;
import java.util.List;

/** A block made ready for the local check. */
record EdgeBlock(BlockRule rule, long seed) {

    /** The hash in the {@link BlockIndex} of whom it would hit by this request; 0 when the request lacks a part of it. */
    long subject(Request request, Facts facts) {
        long hash = seed;
        List<KeyAttribute> key = rule.key();
        for (int i = 0; i < key.size() && hash != 0; i++) {
            hash = with(hash, key.get(i), request, facts);
        }
        return hash;
    }

    private static long with(long hash, KeyAttribute attribute, Request request, Facts facts) {
        List<KeyAttribute.Source> sources = attribute.sources();
        for (int i = 0; i < sources.size(); i++) {
            long value = facts.namedHash(request, sources.get(i));
            if (value != 0) {
                return BlockIndex.with(hash, sources.get(i).text(), value);
            }
        }
        return 0;
    }
}
