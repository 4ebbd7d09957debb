package io.weir.benchmarks.capacity;

import java.util.LinkedHashMap;
import java.util.Map;

/** What so many requests per second need. */
record Need(Inputs inputs, Rules rules, double perSecond) {
    private static final double MILLION = 1e6;
    private static final int THREADS = 2;
    private static final int SECONDS = 3_600;
    private static final int SHARE_OF_HEAP = 4;

    double enforcerCores() {
        return inputs.enforcer().cores(perSecond, rules.batch()) / rules.use();
    }

    /** Those of all brokers, leading and following. */
    double brokerCores() {
        double leading = inputs.broker().cores(perSecond, rules.batch());
        return leading * (1 + (rules.replicas() - 1) * rules.follower()) / rules.use();
    }

    /** A stream thread is a core. */
    int threads() {
        return (int) Math.ceil(enforcerCores());
    }

    /** Processes like the one that was measured, of two stream threads. */
    int processes() {
        return Math.max(1, (threads() + THREADS - 1) / THREADS);
    }

    /** Half of the threads may be gone without one having two partitions more than another. */
    int partitions() {
        return 2 * THREADS * processes();
    }

    /** Bytes per second that producers send. */
    double produced() {
        return perSecond * (inputs.requestBytes() + inputs.decisionBytes() + inputs.changelogBytes());
    }

    /** Bytes per second into all brokers. */
    double in() {
        return produced() * rules.replicas();
    }

    /** Bytes per second out of all brokers: to those that follow, to enforcers, standbys and readers of decisions. */
    double out() {
        return produced() * (rules.replicas() - 1)
                + perSecond
                        * (inputs.requestBytes()
                                + rules.standbys() * inputs.changelogBytes()
                                + rules.readers() * inputs.decisionBytes());
    }

    /** Bytes on all brokers' disks: what is kept of requests and decisions, and the changelogs of all subjects. */
    double stored() {
        double kept = perSecond * (inputs.requestBytes() + inputs.decisionBytes()) * rules.hours() * SECONDS;
        return (kept + rules.subjects() * inputs.changelogBytes()) * rules.replicas();
    }

    /** Bytes of RocksDB in all enforcers. */
    double state() {
        return rules.subjects() * inputs.subjectBytes() * (1 + rules.standbys());
    }

    /** Bytes of heap in all enforcers that hold all subjects. */
    double heap() {
        return rules.subjects() * inputs.heapBytes();
    }

    /** Processes whose heaps hold all subjects, a quarter of each, which is what an enforcer keeps for them. */
    int processesForHeap() {
        return (int) Math.ceil(heap() / (rules.heap() / SHARE_OF_HEAP));
    }

    /** Until all subjects are restored from nothing, evenly by all processes. */
    double restoreSeconds() {
        return rules.subjects() / MILLION * inputs.restoreSeconds() / processes();
    }

    /** What subjects of one process take to restore where there is no standby and one process is lost. */
    double lossSeconds() {
        return restoreSeconds() / Math.max(1, processes() - 1);
    }

    /** Brokers that each resource asks for. */
    Map<String, Integer> brokers() {
        Map<String, Integer> brokers = new LinkedHashMap<>();
        brokers.put("CPU", (int) Math.ceil(brokerCores() / rules.cores()));
        brokers.put("network in", (int) Math.ceil(in() / rules.network() / rules.use()));
        brokers.put("network out", (int) Math.ceil(out() / rules.network() / rules.use()));
        brokers.put("writing to disk", (int) Math.ceil(in() / rules.disk() / rules.use()));
        brokers.put("room on disk", (int) Math.ceil(stored() / rules.room() / rules.use()));
        return brokers;
    }

    int brokersNeeded() {
        return Math.max(
                rules.replicas(),
                brokers().values().stream().mapToInt(Integer::intValue).max().orElse(0));
    }

    /** What asks for the most brokers, or that it is the replicas. */
    String first() {
        return brokers().entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(most -> most.getValue() > rules.replicas())
                .map(Map.Entry::getKey)
                .orElse("none: one for each replica");
    }
}
