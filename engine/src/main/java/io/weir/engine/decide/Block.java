package io.weir.engine.decide;

import io.weir.engine.limit.BlockState;
import io.weir.engine.policy.BlockRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block entry: this subject is denied in {@code [from, until)} of event time, in ms, because of {@code reason}.
 *
 * @param name the block's name in the policy, or {@link #MANUAL}
 * @param attributes the block's key ({@code ip}), with {@code values} beside them
 * @param requestId the request that earned it, if it had an id
 * @param shadow whether it is recorded only and denies nobody
 */
public record Block(
        String domain,
        String name,
        List<String> attributes,
        List<String> values,
        long from,
        long until,
        String reason,
        @Nullable String requestId,
        boolean shadow) {
    /** What a block is called that an operator put on the list; no policy calls one so. */
    public static final String MANUAL = BlockRule.MANUAL;

    /** What such a block can be about; an {@code ip} also as a range, {@code 10.0.0.0/8}. */
    public static final List<String> MANUAL_ATTRIBUTES = List.of("ip", "token", "account", "profile", "device", "user");

    public Block {
        attributes = List.copyOf(attributes);
        values = List.copyOf(values);
        if (attributes.isEmpty() || attributes.size() != values.size()) {
            throw new IllegalArgumentException("a block must have a value for each attribute, but had "
                    + attributes.size() + " and " + values.size());
        }
    }

    /** The key of its quota key tuple, as {@link Keys#entry} makes it. */
    public String entryKey() {
        return Keys.entry(domain, attributes, values);
    }

    /** Whether an operator put it on the list, not a policy. */
    public boolean manual() {
        return name.equals(MANUAL);
    }

    /** One that lies in the state of its subject, under that entry's key. */
    static Block of(String entryKey, String name, BlockState state, String reason, boolean shadow) {
        List<String> places = Keys.places(entryKey);
        List<String> attributes = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (String place : places.subList(1, places.size())) {
            int equals = place.indexOf('=');
            attributes.add(place.substring(0, equals));
            values.add(place.substring(equals + 1));
        }
        return new Block(places.get(0), name, attributes, values, state.from(), state.until(), reason, null, shadow);
    }

    boolean covers(long time) {
        return from <= time && time < until;
    }
}
