package io.weir.engine.decide;

import static io.weir.engine.decide.Requests.MINUTE;
import static io.weir.engine.decide.Requests.NOON;
import static io.weir.engine.decide.Requests.SECOND;
import static io.weir.engine.decide.Requests.at;
import static io.weir.engine.decide.Requests.executor;
import static io.weir.engine.decide.Requests.from;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.run.InMemoryExecutor;
import org.junit.jupiter.api.Test;

class RefundTest {
    @Test
    void shouldNotStartAWindowAtARefundedHit() {
        // Given: a second subject denies what the first has charged
        InMemoryExecutor executor = executor("""
                rules:
                  - { name: a, key: [token], limits: [{ limit: 4, per: 1m, align: first-hit }] }
                  - { name: b, key: [ip], limits: [0 per minute] }
                """);
        assertThat(executor.decide(from(NOON, "t", "192.0.2.1")).allowed()).isFalse();

        // When
        long resetAt = executor.decide(at(NOON + 30 * SECOND, "t")).resetAt();

        // Then
        assertThat(resetAt).isEqualTo(NOON + 30 * SECOND + MINUTE);
    }
}
