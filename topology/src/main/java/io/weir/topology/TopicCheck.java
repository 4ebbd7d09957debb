package io.weir.topology;

import io.weir.wire.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that are missing and checks those that are there. */
final class TopicCheck {
    private final Admin admin;
    private final EnforcerConfig config;

    TopicCheck(Admin admin, EnforcerConfig config) {
        this.admin = admin;
        this.config = config;
    }

    /**
     * Makes sure of every topic.
     *
     * @return the partition count of requests and visits
     * @throws TopicLayoutException when an existing topic would lose events or state
     * @throws KafkaException when the cluster does not answer
     */
    int ensure() {
        Set<String> existing = get(admin.listTopics().names());
        int partitions = partitions(existing);
        List<NewTopic> missing = new ArrayList<>();
        List<String> present = new ArrayList<>();
        for (TopicLayouts.Layout layout : TopicLayouts.layouts()) {
            if (existing.contains(layout.name())) {
                present.add(layout.name());
            } else {
                missing.add(topic(layout, partitions));
            }
        }
        check(present);
        checkState(existing);
        create(missing);
        return partitions;
    }

    /** Requests and visits must have as many partitions as each other: whichever is there says how many. */
    private int partitions(Set<String> existing) {
        Set<String> leading = new HashSet<>(Set.of(Topics.REQUESTS, Topics.VISITS));
        leading.retainAll(existing);
        return describe(leading).values().stream()
                .mapToInt(topic -> topic.partitions().size())
                .max()
                .orElse(config.partitions());
    }

    private NewTopic topic(TopicLayouts.Layout layout, int partitions) {
        Optional<Short> replication = config.replication() < 0 ? Optional.empty() : Optional.of(config.replication());
        return new NewTopic(layout.name(), Optional.of(layout.partitioned() ? partitions : 1), replication)
                .configs(layout.config());
    }

    private void create(List<NewTopic> missing) {
        admin.createTopics(missing).values().forEach((name, created) -> {
            try {
                allowed(name, "create it", created);
            } catch (TopicExistsException another) {
                // Another enforcer started at the same time; what it made is as this one would have made it.
                return;
            }
        });
    }

    private void check(List<String> present) {
        Map<String, TopicDescription> topics = describe(present);
        Map<String, Config> settings = settings(present);
        List<String> problems = new ArrayList<>();
        for (TopicLayouts.Layout layout : TopicLayouts.layouts()) {
            Config found = settings.get(layout.name());
            if (found != null) {
                layout.required().forEach((name, value) -> checkSetting(layout.name(), name, value, found, problems));
            }
        }
        TopicDescription requests = topics.get(Topics.REQUESTS);
        TopicDescription visits = topics.get(Topics.VISITS);
        if (requests != null
                && visits != null
                && requests.partitions().size() != visits.partitions().size()) {
            problems.add("topics " + Topics.REQUESTS + " and " + Topics.VISITS
                    + ": expected the same number of partitions, found "
                    + requests.partitions().size() + " and "
                    + visits.partitions().size()
                    + "; stop the gateways, let the enforcers finish, and create both anew with the same number");
        }
        if (!problems.isEmpty()) {
            throw new TopicLayoutException(problems);
        }
    }

    /**
     * A group that has decided requests has state. Where its changelog is gone, or this version would file it under another
     * name, counting would begin anew.
     */
    private void checkState(Set<String> existing) {
        String group = config.applicationId();
        List<String> gone = QuotaTopology.STATE.stream()
                .map(store -> group + "-" + store + "-changelog")
                .filter(changelog -> !existing.contains(changelog))
                .toList();
        if (gone.isEmpty()
                || get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                        .isEmpty()) {
            return;
        }
        throw new TopicLayoutException(gone.stream()
                .map(changelog -> "topic " + changelog + ": expected the state of group " + group
                        + ", which has decided requests, found none: what was used would be forgotten; run the version"
                        + " that wrote it or bring the topic back, or, to begin anew, set another application.id or"
                        + " delete the group with: kafka-consumer-groups --delete --group " + group)
                .toList());
    }

    private static void checkSetting(String topic, String name, String expected, Config found, List<String> problems) {
        ConfigEntry entry = found.get(name);
        String value = entry == null ? "nothing" : entry.value();
        if (!expected.equals(value)) {
            problems.add("topic " + topic + ": expected " + name + "=" + expected + ", found " + value
                    + "; set it with: kafka-configs --alter --entity-type topics --entity-name " + topic
                    + " --add-config " + name + "=" + expected);
        }
    }

    private Map<String, TopicDescription> describe(Collection<String> names) {
        return names.isEmpty() ? Map.of() : get(admin.describeTopics(names).allTopicNames());
    }

    private Map<String, Config> settings(List<String> names) {
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, Config> byName = new HashMap<>();
        if (!resources.isEmpty()) {
            admin.describeConfigs(resources)
                    .values()
                    .forEach((resource, each) ->
                            byName.put(resource.name(), allowed(resource.name(), "read its settings", each)));
        }
        return byName;
    }

    /** What comes of the future; the broker's refusal names no topic. */
    private static <T> T allowed(String topic, String what, KafkaFuture<T> future) {
        try {
            return get(future);
        } catch (TopicAuthorizationException refused) {
            throw new TopicAuthorizationException(
                    "topic " + topic + ": expected to be allowed to " + what + ", found: " + refused.getMessage(),
                    Set.of(topic));
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new KafkaException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptException(interrupted);
        }
    }
}
