package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.json.LetterWriter;
import io.weir.app.letters.DeadLetters;
import io.weir.app.letters.Letter;
import io.weir.app.letters.LetterId;
import io.weir.app.letters.Redrive;
import io.weir.schemas.FramedDeserializer;
import io.weir.wire.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Dead letters: what could not be processed, why, and the same once more. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = "Shows what could not be processed and why, and sends it again once the cause is mended.",
        synopsisSubcommandLabel = "list|show|retry",
        footerHeading = "%nTry:%n",
        footer = {
            "  weir dead-letters list --since 1h",
            "  weir dead-letters show 0/123",
            "  weir dead-letters retry --reason 'unknown schema' --dry-run"
        })
final class DeadLettersCommand {
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists dead letters, oldest first.")
    int list(
            @Mixin LetterFilter filter,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "The latest so many (default: 100).")
                    int limit,
            @Option(names = "--json", description = "One JSON object a line, with the events.") boolean asJson,
            @Mixin ClusterOptions cluster)
            throws IOException {
        if (limit < 1) {
            throw UserException.wrongUsage("--limit: expected a number of letters, 1 or more, found " + limit);
        }
        Deque<Letter> latest = new ArrayDeque<>();
        long[] found = {0};
        letters(client(cluster))
                .read(
                        filter.since(),
                        letter -> {
                            if (filter.accepts(letter)) {
                                found[0]++;
                                latest.add(letter);
                                if (latest.size() > limit) {
                                    latest.remove();
                                }
                            }
                        },
                        DeadLettersCommand::complain);
        if (asJson) {
            try (LetterWriter writer = LetterWriter.lines(Console.bytes())) {
                for (Letter letter : latest) {
                    writer.write(letter);
                }
            }
        } else {
            PrintStream out = Console.lines();
            latest.forEach(letter -> out.println(line(letter)));
        }
        if (found[0] > latest.size()) {
            System.err.println("weir: the latest " + latest.size() + " of " + found[0] + "; --limit shows more");
        }
        return CommandLineInterface.DONE;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints all of a dead letter, as JSON, with its events where it can be decoded.")
    int show(
            @Parameters(paramLabel = "LETTER", arity = "1..*", description = "As list names it, like 0/123.")
                    List<String> names,
            @Mixin ClusterOptions cluster)
            throws IOException {
        Set<LetterId> wanted = ids(names);
        List<Letter> found = new ArrayList<>();
        letters(client(cluster))
                .read(
                        null,
                        letter -> {
                            if (wanted.remove(letter.id())) {
                                found.add(letter);
                            }
                        },
                        problem -> {});
        try (LetterWriter writer = LetterWriter.pretty(Console.bytes())) {
            for (Letter letter : found) {
                writer.write(letter);
            }
        }
        return missing(wanted);
    }

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description =
                    "Sends the records of dead letters to their topics again, each letter once however often it is"
                            + " told to. A request is decided anew, and has a second decision under its id.")
    int retry(
            @Parameters(paramLabel = "LETTER", arity = "0..*", description = "As list names it, like 0/123.") @Nullable
                    List<String> names,
            @Mixin LetterFilter filter,
            @Option(names = "--all", description = "All letters.") boolean all,
            @Option(names = "--dry-run", description = "Only tells what would be sent.") boolean dryRun,
            @Mixin ClusterOptions cluster) {
        Set<LetterId> wanted = names == null ? Set.of() : ids(names);
        if (wanted.isEmpty() && filter.isEmpty() && !all) {
            throw UserException.wrongUsage("expected which letters to send again: their names, --reason, --since or"
                    + " --topic, or --all; found none of these");
        }
        Retrying retrying = new Retrying(Console.lines(), wanted, filter);
        Map<String, Object> client = client(cluster);
        DeadLetters letters = letters(client);
        if (dryRun) {
            letters.read(filter.since(), retrying::tell, DeadLettersCommand::complain);
        } else {
            // Opened before the letters are read: from here on nobody else can send one.
            try (Redrive redrive = new Redrive(client, retrying::sent)) {
                letters.read(filter.since(), letter -> retrying.send(letter, redrive), DeadLettersCommand::complain);
                redrive.commit();
            } catch (ProducerFencedException | InvalidProducerEpochException another) {
                throw UserException.failed(
                        "dead letters: expected to be the only one who sends them again, found another; "
                                + retrying.summary(false),
                        another);
            }
        }
        System.err.println("weir: " + retrying.summary(dryRun));
        return missing(retrying.unseen) == CommandLineInterface.DONE && retrying.refused == 0
                ? CommandLineInterface.DONE
                : UserException.FAILED;
    }

    /** One run of {@code retry}: which letters it takes, and what became of them. */
    private static final class Retrying {
        private final PrintStream out;
        private final LetterFilter filter;
        private final boolean named;
        private final Set<LetterId> unseen;
        private int sent;
        private int before;
        private int refused;

        Retrying(PrintStream out, Set<LetterId> wanted, LetterFilter filter) {
            this.out = out;
            this.filter = filter;
            this.named = !wanted.isEmpty();
            this.unseen = new LinkedHashSet<>(wanted);
        }

        void tell(Letter letter) {
            if (due(letter)) {
                sent++;
                out.println(
                        letter.id() + "\twould be sent to " + letter.content().getTopic());
            }
        }

        void send(Letter letter, Redrive redrive) {
            if (due(letter)) {
                redrive.send(letter);
            }
        }

        /** A letter has been sent for good. */
        void sent(Letter letter) {
            sent++;
            out.println(letter.id() + "\tsent to " + letter.content().getTopic());
        }

        private boolean due(Letter letter) {
            if ((named && !unseen.remove(letter.id())) || !filter.accepts(letter)) {
                return false;
            }
            String obstacle = letter.obstacle();
            if (letter.retried()) {
                before++;
                if (named) {
                    out.println(letter.id() + "\tsent before");
                }
            } else if (obstacle != null) {
                refused++;
                out.println(letter.id() + "\tcannot be sent: " + obstacle);
            }
            return !letter.retried() && obstacle == null;
        }

        String summary(boolean dryRun) {
            return sent + (dryRun ? " to send, " : " sent, ") + before + " sent before, " + refused + " cannot be sent";
        }
    }

    /** {@code 0/123  2026-…Z  weir.requests 1/55  r1  expected …}; a letter that was sent again says so. */
    private static String line(Letter letter) {
        String requestId = letter.content().getRequestId();
        return String.join(
                "\t",
                letter.id().toString(),
                letter.kept().toString(),
                letter.content().getTopic() + " " + letter.content().getPartition() + "/"
                        + letter.content().getOffset(),
                requestId == null ? "-" : requestId,
                letter.content().getReason() + (letter.retried() ? " (sent again)" : ""));
    }

    private static Set<LetterId> ids(List<String> names) {
        Set<LetterId> ids = new LinkedHashSet<>();
        for (String name : names) {
            try {
                ids.add(LetterId.parse(name));
            } catch (IllegalArgumentException unreadable) {
                throw UserException.wrongUsage(String.valueOf(unreadable.getMessage()));
            }
        }
        return ids;
    }

    private static int missing(Set<LetterId> missing) {
        missing.forEach(id -> System.err.println(
                "weir: letter " + id + ": expected among the dead letters, found none; see weir dead-letters list"));
        return missing.isEmpty() ? CommandLineInterface.DONE : UserException.FAILED;
    }

    private static void complain(String problem) {
        System.err.println("weir: " + problem);
    }

    private static DeadLetters letters(Map<String, Object> client) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new FramedDeserializer(client))) {
            List<TopicPartition> partitions = Tables.partitions(consumer, Topics.DEAD_LETTERS);
            return new DeadLetters(client, partitions);
        }
    }

    private static Map<String, Object> client(ClusterOptions cluster) {
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        return cluster.client(servers);
    }
}
