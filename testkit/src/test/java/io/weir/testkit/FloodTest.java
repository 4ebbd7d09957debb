package io.weir.testkit;

import static io.weir.testkit.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Subjects that are seen once and never again; {@code -Dweir.flood.rounds=500} makes ten million of them. */
class FloodTest {
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;
    private static final int BATCH = 1_000;
    private static final int BATCHES = 20;

    /** An entry of a minute's window lives for that minute, five for late events, and a ninth that gathers expiries. */
    private static final int ALIVE_ROUNDS = 8;

    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
              - { name: per-account, key: [account], limits: [3 per day] }
            """;

    private int tokens;

    @Test
    void shouldKeepNoMoreThanLivesAndForgetNobodyElse() {
        int rounds = Integer.getInteger("weir.flood.rounds", 20);
        try (QuotaFixture weir = QuotaFixture.given(POLICY)) {
            // Given: somebody who has used up a day
            weir.when(4, get("/").account("a1").at(START)).then().allowed(3).denied(1);

            // When: every second comes with more new tokens than one expiry usually takes, for twenty minutes of the
            // log
            int most = 0;
            for (int round = 0; round < rounds; round++) {
                for (int batch = 0; batch < BATCHES; batch++) {
                    assertThat(weir.decideBatch(oneTimeTokens(START + round * MINUTE)))
                            .hasSize(BATCH)
                            .allMatch(decision -> decision.allowed());
                }
                weir.pass(Duration.ofMinutes(1));
                weir.usage();
                most = Math.max(most, weir.entries());
            }

            // Then
            assertThat(most).isLessThanOrEqualTo(ALIVE_ROUNDS * BATCHES * BATCH + 1);
            weir.when(get("/").account("a1").at(START + rounds * MINUTE)).then().denied(1);
            for (int i = 0; i < 20; i++) {
                weir.pass(Duration.ofMinutes(1));
            }
            assertThat(weir.entries()).isEqualTo(1);
        }
    }

    private List<Request> oneTimeTokens(long time) {
        List<Request> requests = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            requests.add(get("/").token("once-" + tokens++).in("example", time));
        }
        return requests;
    }
}
