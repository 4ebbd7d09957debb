package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.engine.decide.Block;
import io.weir.engine.limit.Meter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts a block on the list by hand. */
@Command(
        name = "block",
        mixinStandardHelpOptions = true,
        description = "Denies somebody for some time, whatever the policy's own blocks. It acts at every enforcer and"
                + " gateway with the next request, and ends by itself in the time of the events.",
        footerHeading = "%nTry:%n",
        footer = {
            "  weir block --domain hexagraph --ip 192.0.2.1 --for 10m --reason scraping",
            "  weir block --domain hexagraph --ip 2001:db8::/64 --for 1d",
            "  weir block --domain nexudus --token t1 --for 1h"
        })
final class BlockCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private SubjectOptions subject = new SubjectOptions();

    @Option(
            names = "--for",
            required = true,
            paramLabel = "TIME",
            converter = Durations.class,
            description = "For how long: 30s, 10m, 2h, 1d.")
    private Duration time = Duration.ZERO;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = Times.class,
            description = "From when on, in the time of the events (default: now).")
    private @Nullable Instant from;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why (default: by hand).")
    private String reason = "by hand";

    @Override
    public Integer call() {
        Map<String, String> values = subject.values();
        if (values.size() > 1) {
            throw UserException.wrongUsage("expected one of --ip, --token, --account, --profile, --device, --user,"
                    + " found --" + String.join(" and --", values.keySet()) + "; several blocks are several commands");
        }
        if (time.isZero()) {
            throw UserException.wrongUsage("--for: expected some time, found none");
        }
        long begin = (from == null ? Instant.now() : from).toEpochMilli();
        Block block = new Block(
                subject.domain(),
                Block.MANUAL,
                List.copyOf(values.keySet()),
                List.copyOf(values.values()),
                begin,
                Meter.add(begin, time.toMillis()),
                reason,
                null,
                false);
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        try (Tables tables = new Tables(cluster.client(servers))) {
            BlockList list = new BlockList(tables);
            if (!list.governed(block.domain())) {
                throw UserException.failed(
                        "domain " + block.domain() + ": expected a policy in force, found none; see weir policy list");
            }
            list.put(block);
        }
        System.out.println(BlocksCommand.line(block));
        return CommandLineInterface.DONE;
    }
}
