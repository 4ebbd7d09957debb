package io.weir.engine.decide;

import java.util.List;

/**
 * Hits consumed of one limit of one quota key in the window {@code [from, until)}, in epoch ms.
 *
 * @param key {@code attribute=value} of each key attribute
 * @param closed whether the window is over
 */
public record UsageReport(
        String domain,
        String rule,
        String window,
        List<String> key,
        long from,
        long until,
        long consumed,
        boolean closed) {
    public UsageReport {
        key = List.copyOf(key);
    }
}
