package io.weir.edge.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import io.weir.testkit.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One edge alone, fed in order, decides as the engine does: same outcome, reason, binding limit and numbers. */
class SameAsEngineTest {
    private static final int REQUESTS = 20_000;

    private static final String EVERYTHING = """
            policy: everything
            zone: America/New_York
            rules:
              - { name: fixed, key: [token], limits: [9 per 10 seconds, 40 per minute, 3 per 100ms, 4000 per day] }
              - { name: sliding, key: [account], limits: [{ limit: 25, per: 15s, algorithm: sliding }] }
              - { name: bucket, key: [user], limits: [{ limit: 120, per: 1m, algorithm: bucket, burst: 11 }] }
              - { name: uneven, key: [profile], limits: [{ limit: 7, per: 3s, algorithm: bucket }] }
              - { name: first, key: [device], limits: [{ limit: 20, per: 7s, align: first-hit }] }
              - { name: pair, match: "/b/{id}", key: [account, path.id], limits: [11 per 30 seconds] }
              - { name: listed, match: "GET /b/list", key: [route, ip/24], limits: [13 per 20 seconds] }
              - { name: free, where: { plan: [free] }, key: [token|ip], limits: [6 per 9 seconds] }
              - { name: planned, key: [user, method], limits: { scale: 30 per 20s, default: 9 per 20s } }
              - { name: pool, key: [account], limits: [{ limit: 4, times: account.devices, per: 1m, optional: true }] }
              - { name: patient, match: "POST", key: [token], count: all, limits: [{ limit: 30, per: 40s, algorithm: sliding }] }
              - { name: failures, when: { status: [401] }, key: [ip], limits: [5 per 30 seconds] }
            deny: [ip in 192.0.2.2/32]
            allow: [user = user-nobody]
            """;

    @ParameterizedTest
    @CsvSource(textBlock = """
            hexnode,       1
            hexagraph,     2
            tagoio,        3
            onboardinghub, 4
            nexudus,       5
            """)
    void shouldDecideAsTheEngineByTheShippedPolicies(String domain, long seed) throws IOException {
        String yaml = Files.readString(Path.of("../policies/" + domain + ".yaml"));

        compare(PolicyReader.read(domain, yaml), Scenario.of(seed, REQUESTS, List.of(domain)), seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldDecideAsTheEngineWhateverTheAlgorithm(long seed) {
        compare(PolicyReader.read("everything", EVERYTHING), Scenario.of(seed, REQUESTS, List.of("everything")), seed);
    }

    private static void compare(Policy policy, Scenario scenario, long seed) {
        // Given
        InMemoryExecutor engine = new InMemoryExecutor();
        Registry registry = new Registry();
        AtomicLong clock = new AtomicLong();
        LocalCheck edge = new LocalCheck(registry, clock::get, 1 << 14, UnaryOperator.identity());
        engine.apply(policy);
        registry.apply(policy);
        for (Entity entity : scenario.entities()) {
            engine.put(entity);
            registry.put(entity);
        }
        List<Request> inOrder = scenario.requests().stream()
                .sorted(Comparator.comparingLong(Request::timestamp))
                .toList();
        Set<Block> listed = new HashSet<>();

        for (int i = 0; i < inOrder.size(); i++) {
            Request request = inOrder.get(i);
            clock.set(request.timestamp());

            // When
            Decision expected = engine.decide(request);
            Decision found = edge.check(request).decision();

            // Then
            assertThat(summary(found))
                    .as("seed %d, request %d: %s", seed, i, request)
                    .isEqualTo(summary(expected));
            for (Block block : engine.blocks()) {
                if (listed.add(block)) {
                    edge.lists().put(block);
                }
            }
        }
    }

    private static String summary(Decision decision) {
        String numbers = String.join(
                " ",
                decision.outcome().toString(),
                decision.reason().toString(),
                "status=" + decision.status(),
                "rule=" + decision.rule(),
                "resetAt=" + decision.resetAt(),
                "retry=" + decision.retryAfterMs(),
                "message=" + decision.message());
        return decision.binding() == null
                ? numbers
                : numbers + " " + decision.binding().window() + " "
                        + decision.binding().limit() + " left="
                        + decision.binding().remaining();
    }
}
