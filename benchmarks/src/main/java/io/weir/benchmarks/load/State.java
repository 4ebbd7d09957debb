package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import io.weir.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What state weighs and how long it takes to come back: every subject is hit once, in order, by a policy of two limits;
 * the enforcer is stopped, its folder measured, and another one started without.
 */
public final class State {
    private static final String CHANGELOG = "weir-usage-changelog";

    private State() {}

    /**
     * What was measured.
     *
     * @param subjectBytes of the usage store in RocksDB, per subject
     * @param changelogBytes of its changelog, per decision, before anything is compacted
     * @param allChangelogBytes of all changelogs, per decision
     * @param decisionBytes of the topic of decisions, per decision
     * @param requestBytes of the topic of requests, per event
     * @param startSeconds from the start of the process to running, with nothing to restore but what the disk has
     * @param restoreSeconds the same with all of the state to be restored
     */
    public record Measured(
            double subjectBytes,
            double changelogBytes,
            double allChangelogBytes,
            double decisionBytes,
            double requestBytes,
            double startSeconds,
            double restoreSeconds) {}

    /** Measures with so many subjects. */
    public static Measured run(int subjects, int batch, Map<String, String> settings) throws Exception {
        Workload workload = new Workload("two", subjects, false, 100_000);
        try (Cluster cluster = Cluster.start(settings, workload.documents())) {
            Path state = cluster.folder().resolve("measured");
            long records;
            try (Backlog backlog =
                    new Backlog(cluster.bootstrapServers(), cluster.registry(), cluster.partitions(), batch)) {
                Workload.Stream stream = workload.stream(1);
                for (int i = 0; i < subjects; i++) {
                    backlog.add(stream.of(i));
                }
                records = backlog.finish();
            }
            Child enforcer = cluster.enforcer(state);
            try {
                cluster.awaitDecided(records);
            } finally {
                enforcer.close();
            }
            long stored = bytes(state, "usage");
            double started = seconds(cluster, state);
            double restored = seconds(cluster, cluster.folder().resolve("empty"));
            Map<String, Long> topics = cluster.topicBytes();
            long changelogs = topics.entrySet().stream()
                    .filter(topic -> topic.getKey().endsWith("-changelog"))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            return new Measured(
                    (double) stored / subjects,
                    (double) topics.getOrDefault(CHANGELOG, 0L) / subjects,
                    (double) changelogs / subjects,
                    (double) topics.getOrDefault(Topics.DECISIONS, 0L) / subjects,
                    (double) topics.getOrDefault(Topics.REQUESTS, 0L) / subjects,
                    started,
                    restored);
        }
    }

    private static double seconds(Cluster cluster, Path state) {
        long began = System.nanoTime();
        Child enforcer = cluster.enforcer(state);
        double seconds = (System.nanoTime() - began) / 1e9;
        enforcer.close();
        return seconds;
    }

    /** Bytes in the folders of that name below another. */
    private static long bytes(Path below, String name) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            String folder = "/rocksdb/" + name + "/";
            return files.filter(file -> file.toString().contains(folder))
                    .filter(Files::isRegularFile)
                    .mapToLong(State::size)
                    .sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
