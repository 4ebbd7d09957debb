package io.weir.benchmarks.chaos;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import io.weir.wire.Topics;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one edge says, seeded, and what is right about it: the engine decides each event too, in memory and in order. Edges
 * share no client, so that the order between them does not matter. For one thread.
 */
final class Workload {
    /**
     * Decisions depend on the order of a client's events alone, and are known to the last hit. Blocks are short: a list's
     * entry stays for as long by the log's clock, and the test waits until all are gone.
     */
    static final String SINGLE = """
            policy: single
            rules:
              - { name: per-token, key: [token], limits: [20 per minute, 300 per hour] }
            blocks:
              - { name: repeat, key: [token], after: 5 per minute, for: [20 seconds, 40 seconds] }
            """;

    /** Each event visits two subjects; the order in which it arrives at the second is not known, the sum is. */
    static final String PAIR = """
            policy: pair
            rules:
              - { name: token, key: [token], limits: [1000000 per day] }
              - { name: account, key: [account], limits: [2000000 per day] }
            """;

    private static final long START = 1_767_268_800_000L;
    private static final int STEP_MS = 20;
    private static final int CLIENTS = 100;
    private static final long HOURS_LATER = 10_800_000;

    private final int edge;
    private final int partitions;
    private final SplittableRandom random;
    private final InMemoryExecutor oracle = new InMemoryExecutor();
    private int number;

    /**
     * An event and what is to be decided.
     *
     * @param subject what it is counted against first: its record's key
     * @param exact whether the remaining hits are known too
     */
    record Event(Request request, String subject, Decision expected, boolean exact) {
        /** What is compared. */
        String answer() {
            return text(expected, exact);
        }
    }

    Workload(long seed, int edge, int partitions) {
        this.edge = edge;
        this.partitions = partitions;
        this.random = new SplittableRandom(seed).split();
        for (int i = 0; i < edge; i++) {
            random.split();
        }
        oracle.apply(PolicyReader.read("single", SINGLE));
        oracle.apply(PolicyReader.read("pair", PAIR));
    }

    /** What is compared of a decision. */
    static String text(Decision decision, boolean exact) {
        LimitUsage binding = decision.binding();
        String left = !exact || binding == null ? "" : " " + binding.remaining() + " until " + binding.resetAt();
        return decision.outcome() + " " + decision.reason() + left;
    }

    private long now() {
        return START + (long) number * STEP_MS;
    }

    /** The next event. */
    Event next() {
        int client = random.nextInt(CLIENTS) * random.nextInt(CLIENTS) / CLIENTS;
        boolean pair = random.nextInt(4) == 0;
        return event(
                pair ? "pair" : "single", "t" + edge + "-" + client, pair ? "a" + edge + "-" + client / 10 : null, 1);
    }

    /** What asks for every counter, once all else is decided. */
    List<Event> questions() {
        return Stream.of(
                        IntStream.range(0, CLIENTS)
                                .mapToObj(client -> event("single", "t" + edge + "-" + client, null, 0)),
                        IntStream.range(0, CLIENTS)
                                .mapToObj(client -> event("pair", "t" + edge + "-" + client, null, 0)),
                        IntStream.range(0, CLIENTS / 10)
                                .mapToObj(account -> event("pair", null, "a" + edge + "-" + account, 0)))
                .flatMap(each -> each)
                .toList();
    }

    /** Events hours later, one for each partition and some, after which every block has ended. */
    List<Event> later() {
        number += (int) (HOURS_LATER / STEP_MS);
        return IntStream.range(0, 20 * partitions)
                .mapToObj(client -> event("single", "later" + edge + "-" + client, null, 1))
                .toList();
    }

    private Event event(String domain, @Nullable String token, @Nullable String account, long hits) {
        String subject = token == null ? String.valueOf(account) : token;
        char kind = domain.equals("pair") && hits == 0 ? 'q' : domain.charAt(0);
        String id = kind + "-" + Topics.partition(subject, partitions) + "-" + edge + "-" + number++;
        Request request = new Request(
                id, now(), domain, "GET", "/", null, token, null, account, null, null, hits, Map.of(), false, 0);
        Decision expected = oracle.decide(request);
        return new Event(request, subject, expected, domain.equals("single") || hits == 0);
    }

    /** Blocks that have not ended by now. */
    List<Block> blocks() {
        return oracle.blocks().stream().filter(block -> block.until() > now()).toList();
    }
}
