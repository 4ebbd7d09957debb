package io.weir.app.cli;

import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What operators did. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Prints who did what and when, as JSON lines: policies applied, entities set, blocks by hand and"
                + " lifted, dead letters sent again.",
        footerHeading = "%nTry:%n",
        footer = "  weir audit --since 1d")
final class AuditCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Only so far back: 30m, 2h, 7d (default: all that is kept).")
    private @Nullable Duration since;

    @Override
    public Integer call() {
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        Map<String, Object> settings = new HashMap<>(cluster.client(servers));
        settings.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = Tables.partitions(consumer, Topics.AUDIT);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long from = since == null ? 0 : Instant.now().minus(since).toEpochMilli();
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.value() != null && record.timestamp() >= from) {
                        System.out.println(new String(record.value(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return CommandLineInterface.DONE;
    }
}
