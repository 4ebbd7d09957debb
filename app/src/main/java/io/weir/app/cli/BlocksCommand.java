package io.weir.app.cli;

import io.weir.schemas.Contracts;
import io.weir.schemas.avro.BlockEntry;
import io.weir.wire.Topics;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The block list. */
@Command(
        name = "blocks",
        mixinStandardHelpOptions = true,
        description = "Shows the block list: who is denied until when, and why. Times are those of the events.")
final class BlocksCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--domain", paramLabel = "NAME", description = "Only of this domain.")
    private @Nullable String domain;

    @Override
    public Integer call() {
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        try (Tables tables = new Tables(cluster.client(servers))) {
            for (Map.Entry<String, byte[]> each : tables.read(Topics.BLOCKLIST).entrySet()) {
                BlockEntry entry = Contracts.BLOCK.decode(each.getValue());
                if (domain == null || domain.equals(entry.getDomain())) {
                    System.out.println(line(entry));
                }
            }
        }
        return CommandLineInterface.DONE;
    }

    /** {@code onboardinghub  ip=192.0.2.1  repeated-throttles  until 2026-…  10 strikes per minute}. */
    static String line(BlockEntry entry) {
        StringBuilder subject = new StringBuilder();
        for (int i = 0; i < entry.getAttributes().size(); i++) {
            subject.append(i == 0 ? "" : ",")
                    .append(entry.getAttributes().get(i))
                    .append('=')
                    .append(entry.getValues().get(i));
        }
        return String.join(
                "\t",
                entry.getDomain(),
                subject,
                entry.getBlock() + (entry.getShadow() ? " (shadow)" : ""),
                "until " + Instant.ofEpochMilli(entry.getUntil()),
                entry.getReason());
    }
}
