package io.weir.edge;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How an edge is.
 *
 * @param live whether it works at all: a gateway that restarts it would gain nothing otherwise
 * @param ready whether it knows policies, entities and block list, and reads its replies
 * @param reasons why it is not live, not ready, or not as it should be; empty when all is well
 * @param ages how old the view of each partition read is, by {@code topic-partition}; none before it was first read
 * @param queued events that wait to be sent
 * @param unacknowledged bytes of events sent and not yet acknowledged
 */
public record EdgeHealth(
        boolean live,
        boolean ready,
        List<String> reasons,
        Map<String, Duration> ages,
        int queued,
        long unacknowledged) {
    public EdgeHealth {
        reasons = List.copyOf(reasons);
        ages = Map.copyOf(ages);
    }
}
