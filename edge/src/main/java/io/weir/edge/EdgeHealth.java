package io.weir.edge;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an edge is.
 *
 * @param live whether it works at all: a gateway that restarts it would gain nothing otherwise
 * @param ready whether it knows policies, entities and block list, and reads its replies
 * @param reasons why it is not live, not ready, or not as it should be; empty when all is well
 * @param ages how old the view of each partition read is, by {@code topic-partition}; none before it was first read
 * @param queued events that wait to be sent
 * @param unacknowledged bytes of events sent and not yet acknowledged
 * @param stale whether its view is too old: policies that fail closed deny
 * @param lostHits admitted hits that will never be counted, since it began
 * @param clockAhead how far the brokers' clock is ahead of this machine's, within {@code clockError}; null while not known
 * @param clockError see {@code clockAhead}
 */
public record EdgeHealth(
        boolean live,
        boolean ready,
        List<String> reasons,
        Map<String, Duration> ages,
        int queued,
        long unacknowledged,
        boolean stale,
        long lostHits,
        @Nullable Duration clockAhead,
        @Nullable Duration clockError) {
    public EdgeHealth {
        reasons = List.copyOf(reasons);
        ages = Map.copyOf(ages);
    }
}
