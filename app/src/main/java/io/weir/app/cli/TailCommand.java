package io.weir.app.cli;

import io.weir.app.json.DecisionWriter;
import io.weir.schemas.Contracts;
import io.weir.schemas.FramedDeserializer;
import io.weir.schemas.UndecodableException;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.io.IOException;
import java.time.Duration;
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

/** Decisions as they are made. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Prints decisions as they are committed, as JSON lines, until Ctrl-C.",
        footerHeading = "%nTry:%n",
        footer = "  weir tail --denied --domain hexagraph | head")
final class TailCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--domain", paramLabel = "NAME", description = "Only of this domain.")
    private @Nullable String domain;

    @Option(names = "--denied", description = "Only denials.")
    private boolean denied;

    @Option(names = "--from-beginning", description = "All decisions that are kept, then the new ones.")
    private boolean fromBeginning;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after so many.")
    private long limit = Long.MAX_VALUE;

    @Override
    public Integer call() throws IOException {
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        Map<String, Object> settings = new HashMap<>(cluster.client(servers));
        settings.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new FramedDeserializer(settings));
                DecisionWriter writer = new DecisionWriter(Console.bytes())) {
            List<TopicPartition> partitions = Tables.partitions(consumer, Topics.DECISIONS);
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                consumer.seekToEnd(partitions);
            }
            long printed = 0;
            while (printed < limit) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    printed += print(record.value(), limit - printed, writer);
                }
                writer.flush();
            }
        }
        return CommandLineInterface.DONE;
    }

    private long print(byte[] value, long most, DecisionWriter writer) throws IOException {
        long printed = 0;
        try {
            for (DecisionEvent event : Contracts.decisions(value)) {
                boolean wanted = (domain == null || domain.equals(event.getDomain()))
                        && (!denied || event.getOutcome().name().equals("DENY"));
                if (wanted && printed < most) {
                    writer.write(Conversions.decision(event));
                    printed++;
                }
            }
        } catch (UndecodableException undecodable) {
            System.err.println("weir: " + Topics.DECISIONS + ": " + undecodable.getMessage());
        }
        return printed;
    }
}
