package io.weir.engine.decide;

import static io.weir.engine.decide.Requests.DAY;
import static io.weir.engine.decide.Requests.HOUR;
import static io.weir.engine.decide.Requests.MINUTE;
import static io.weir.engine.decide.Requests.NOON;
import static io.weir.engine.decide.Requests.at;
import static io.weir.engine.decide.Requests.executor;
import static io.weir.engine.decide.Requests.from;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.LimitUsage;
import io.weir.engine.Request;
import io.weir.engine.run.InMemoryExecutor;
import org.junit.jupiter.api.Test;

class DetailsTest {
    @Test
    void shouldListEveryLimitWhenAskedForDetails() {
        // Given: a rule by token and one by address
        InMemoryExecutor executor = executor("""
                rules:
                  - { name: a, key: [token], limits: [5 per minute, 4 per hour] }
                  - { name: b, key: [ip], limits: [1 per day] }
                """);
        Request request = from(NOON, "t", "192.0.2.1").withDetails();

        // Then: the binding one first, all as they stand after the decision
        assertThat(executor.decide(request).limits())
                .containsExactly(
                        new LimitUsage("b", "day", DAY, 1, 0, NOON + DAY / 2, 0),
                        new LimitUsage("a", "minute", MINUTE, 5, 4, NOON + MINUTE, 0),
                        new LimitUsage("a", "hour", HOUR, 4, 3, NOON + HOUR, 0));
        assertThat(executor.decide(request).limits())
                .containsExactly(
                        new LimitUsage("b", "day", DAY, 1, 0, NOON + DAY / 2, DAY / 2),
                        new LimitUsage("a", "minute", MINUTE, 5, 4, NOON + MINUTE, 0),
                        new LimitUsage("a", "hour", HOUR, 4, 3, NOON + HOUR, 0));
        assertThat(executor.decide(at(NOON, "t")).limits()).isEmpty();
    }
}
