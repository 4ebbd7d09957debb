package io.weir.app.cli;

import io.weir.engine.decide.Block;
import java.time.Instant;
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
            new BlockList(tables)
                    .entries().stream()
                            .filter(block -> domain == null || domain.equals(block.domain()))
                            .forEach(block -> System.out.println(line(block)));
        }
        return CommandLineInterface.DONE;
    }

    /** {@code onboardinghub  ip=192.0.2.1  repeated-throttles  until 2026-…  10 strikes per minute}. */
    static String line(Block block) {
        StringBuilder subject = new StringBuilder();
        for (int i = 0; i < block.attributes().size(); i++) {
            subject.append(i == 0 ? "" : ",")
                    .append(block.attributes().get(i))
                    .append('=')
                    .append(block.values().get(i));
        }
        return String.join(
                "\t",
                block.domain(),
                subject,
                block.name() + (block.shadow() ? " (shadow)" : ""),
                "until " + Instant.ofEpochMilli(block.until()),
                block.reason());
    }
}
