package io.weir.edge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out how an edge is. */
record Checkup(
        boolean closed, TopicReader follower, TopicReader replies, Feed feed, Worker sweeper, EdgeConfig config) {

    EdgeHealth health(long nanoTime, boolean unknown) {
        List<String> reasons = new ArrayList<>();
        boolean live = !closed;
        for (Worker worker : List.of(follower.worker(), replies.worker(), feed.worker(), sweeper)) {
            if (!worker.alive()) {
                live = false;
                reasons.add(worker.thread().getName() + " has stopped");
            } else if (worker.trouble() != null) {
                reasons.add(worker.thread().getName() + " goes on after: " + worker.trouble());
            }
        }
        boolean ready = live;
        for (TopicReader reader : List.of(follower, replies)) {
            if (!reader.isCurrent()) {
                ready = false;
                reasons.add(reader.worker().thread().getName() + " " + reader.waitingFor());
            }
        }
        Map<String, Duration> ages = ages(nanoTime);
        boolean stale = ready && unknown;
        if (stale) {
            reasons.add("the view is too old: expected at most " + config.staleAfter() + ", found " + ages);
        }
        Skew.Estimate skew = feed.skew().estimate();
        feeding(reasons, skew);
        return new EdgeHealth(
                live,
                ready,
                reasons,
                ages,
                feed.queued(),
                feed.unacknowledged(),
                stale,
                feed.counts().lostHits.sum(),
                skew == null ? null : Duration.ofMillis(skew.aheadMs()),
                skew == null ? null : Duration.ofMillis(skew.errorMs()));
    }

    private Map<String, Duration> ages(long nanoTime) {
        Map<String, Duration> ages = new HashMap<>();
        follower.ages(nanoTime).forEach((partition, age) -> ages.put(partition.toString(), Duration.ofNanos(age)));
        replies.ages(nanoTime).forEach((partition, age) -> ages.put(partition.toString(), Duration.ofNanos(age)));
        return ages;
    }

    private void feeding(List<String> reasons, Skew.@Nullable Estimate skew) {
        if (feed.kept() > 0) {
            reasons.add("events cannot be sent: hits are summed, " + feed.kept() + " sums and events are kept");
        }
        String trouble = feed.trouble();
        if (trouble != null) {
            reasons.add(trouble);
        }
        long lost = feed.counts().lostHits.sum();
        if (lost > 0) {
            reasons.add(lost + " admitted hits are lost: more came than could be kept");
        }
        if (skew != null && skew.exceeds(config.maxSkew())) {
            reasons.add("the brokers' clock is " + skew.aheadMs() + " ms ahead (to within " + skew.errorMs()
                    + " ms): expected at most " + config.maxSkew().toMillis() + " ms either way");
        }
    }
}
