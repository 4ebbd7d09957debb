package io.weir.app.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.InMemoryDecider;
import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a policy that was brought along means until one is known to be in force. */
class MeanwhileTest {
    private static final String FAILS_CLOSED = """
            policy: example
            fail: closed
            rules:
              - { name: per-token, key: [token], limits: [1 per minute] }
            """;
    private static final Policy BROUGHT = PolicyReader.read("policy", FAILS_CLOSED);
    private static final Map<String, Policy> ALL_BROUGHT = Map.of("example", BROUGHT);

    private static Request request(String domain) {
        return new Request(null, 0, domain, "GET", "/", null, "t1", null, null, null, null, 1, Map.of(), false, 0);
    }

    /** Knows no policy and gets no decision. */
    private static final Decider AWAY = new Decider() {
        @Override
        public CompletionStage<Decision> decide(Request request) {
            return CompletableFuture.completedStage(new Decision(
                    null,
                    request.domain(),
                    0,
                    Outcome.ALLOW,
                    Reason.UNAVAILABLE,
                    200,
                    null,
                    null,
                    List.of(),
                    0,
                    0,
                    List.of(),
                    null));
        }

        @Override
        public void report(Request request) {}

        @Override
        public @Nullable Policy policy(String domain) {
            return null;
        }
    };

    private static Decision decided(Decider decider, String domain) {
        return decider.decide(request(domain)).toCompletableFuture().join();
    }

    @Test
    void shouldDenyWhatNobodyDecidesWhereThePolicyFailsClosed() {
        // When
        Decision decision = decided(AWAY.meanwhile(ALL_BROUGHT), "example");

        // Then
        assertThat(decision.allowed()).isFalse();
        assertThat(decision.status()).isEqualTo(503);
        assertThat(decision.retryAfterMs()).isEqualTo(1_000);
    }

    @Test
    void shouldSayNothingOfOtherDomains() {
        assertThat(decided(AWAY.meanwhile(ALL_BROUGHT), "other").allowed()).isTrue();
        assertThat(AWAY.meanwhile(ALL_BROUGHT).policy("other")).isNull();
    }

    @Test
    void shouldGiveWayToThePolicyInForce() {
        // Given
        Decider knowing = InMemoryDecider.of(FAILS_CLOSED.replace("closed", "open"));

        // When
        Policy known = knowing.meanwhile(ALL_BROUGHT).policy("example");

        // Then
        assertThat(known).isEqualTo(knowing.policy("example")).isNotEqualTo(BROUGHT);
        assertThat(AWAY.meanwhile(ALL_BROUGHT).policy("example")).isEqualTo(BROUGHT);
    }
}
