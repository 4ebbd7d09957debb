package io.weir.engine.decide;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block entry: this subject is denied in {@code [from, until)} of event time, in ms, because of {@code reason}.
 *
 * @param name the block's name in the policy
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
    public Block {
        attributes = List.copyOf(attributes);
        values = List.copyOf(values);
    }

    /** The key of its quota key tuple, as {@link Keys#entry} makes it. */
    public String entryKey() {
        return Keys.entry(domain, attributes, values);
    }

    boolean covers(long time) {
        return from <= time && time < until;
    }
}
