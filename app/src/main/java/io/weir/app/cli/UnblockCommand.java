package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.engine.decide.Block;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Frees somebody. */
@Command(
        name = "unblock",
        mixinStandardHelpOptions = true,
        description =
                "Lifts every block of somebody: those put on the list by hand and those that were earned. The next"
                        + " offence counts as the first. What was used of the limits stays used.",
        footerHeading = "%nTry:%n",
        footer = "  weir unblock --domain onboardinghub --ip 192.0.2.1")
final class UnblockCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration PACE = Duration.ofMillis(100);

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private SubjectOptions subject = new SubjectOptions();

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> values = subject.values();
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        try (Tables tables = new Tables(cluster.client(servers))) {
            BlockList list = new BlockList(tables);
            List<Block> entries = list.entries();
            List<Block> about = BlockList.about(subject.domain(), values, entries);
            about.stream().filter(Block::manual).forEach(list::remove);
            List<Block> earned = about.stream().filter(block -> !block.manual()).toList();
            list.unblock(subject.identity(Instant.now().toEpochMilli()), earned);
            awaitLifted(list, earned);
            about.forEach(block -> System.out.println("lifted " + BlocksCommand.line(block)));
            if (about.isEmpty()) {
                String who = values.entrySet().stream().map(String::valueOf).collect(Collectors.joining(","));
                System.err.println("weir: no block of " + who + " in " + subject.domain()
                        + " is on the list; any that only an enforcer's state holds is lifted");
            }
            for (Block around : BlockList.around(subject.domain(), values.get("ip"), entries)) {
                System.err.println("weir: still blocked, with others: " + BlocksCommand.line(around));
            }
        }
        return CommandLineInterface.DONE;
    }

    private static void awaitLifted(BlockList list, List<Block> earned) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!earned.isEmpty() && list.entries().stream().anyMatch(earned::contains)) {
            if (System.nanoTime() - deadline > 0) {
                throw UserException.failed("enforcer: expected one that lifts " + earned.size() + " blocks within "
                        + PATIENCE.toSeconds() + " s, found none; they are lifted as soon as one runs");
            }
            Thread.sleep(PACE.toMillis());
        }
    }
}
