package io.weir.engine.decide;

import static io.weir.engine.decide.Requests.DAY;
import static io.weir.engine.decide.Requests.HOUR;
import static io.weir.engine.decide.Requests.MINUTE;
import static io.weir.engine.decide.Requests.NOON;
import static io.weir.engine.decide.Requests.SECOND;
import static io.weir.engine.decide.Requests.at;
import static io.weir.engine.decide.Requests.executor;
import static io.weir.engine.decide.Requests.from;
import static io.weir.engine.decide.Requests.hits;
import static io.weir.engine.decide.Requests.last;
import static io.weir.engine.decide.Requests.report;
import static io.weir.engine.decide.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.LimitUsage;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each sentence of the semantics, by its number in the design. */
class SemanticsTest {
    private static final String TWO_LIMITS = """
            rules:
              - { name: r, key: [token], limits: [2 per minute, 3 per hour] }
            """;

    private static InMemoryExecutor limits(String limits) {
        return executor("rules: [{ name: r, key: [token], limits: [" + limits + "] }]");
    }

    // 1. A request is charged to every limit of every rule that matches it; each limit is independent.

    @Test
    void shouldCountEachLimitIndependently() {
        // Given
        InMemoryExecutor executor = executor(TWO_LIMITS);
        assertThat(last(executor, at(NOON, "t"), 2).allowed()).isTrue();

        // Then: the next minute has room, the hour only for one more
        assertThat(executor.decide(at(NOON + MINUTE, "t")).binding())
                .isEqualTo(new LimitUsage("r", "hour", HOUR, 3, 0, NOON + HOUR, 0));
        Decision denied = executor.decide(at(NOON + MINUTE, "t"));
        assertThat(denied.binding()).isEqualTo(new LimitUsage("r", "hour", HOUR, 3, 0, NOON + HOUR, 59 * MINUTE));
        assertThat(denied.retryAfterMs()).isEqualTo(59 * MINUTE);
    }

    // 2. Admitted only if every limit has room; denied requests charge nothing, unless the rule counts all.

    @Test
    void shouldChargeNothingWhenDenied() {
        // Given
        InMemoryExecutor executor = executor("""
                rules:
                  - { name: wide, key: [token], limits: [100 per minute] }
                  - { name: narrow, key: [token], limits: [1 per minute] }
                """);

        // When
        last(executor, at(NOON, "t"), 50);
        executor.apply(PolicyReader.read(
                "policy", "policy: example\nrules: [{ name: wide, key: [token], limits: [100 per minute] }]"));

        // Then
        assertThat(executor.decide(at(NOON, "t")).binding())
                .extracting(LimitUsage::remaining)
                .isEqualTo(98L);
    }

    @Test
    void shouldChargeDeniedRequestsWhereTheRuleCountsAll() {
        // Given
        InMemoryExecutor executor = executor("""
                rules:
                  - { name: r, key: [token], count: all, limits: [{ limit: 2, per: 1 minute, algorithm: sliding }] }
                """);

        // When
        last(executor, at(NOON, "t"), 10);

        // Then: ten count, so half a minute into the next window five do
        assertThat(executor.decide(at(NOON + MINUTE + 30 * SECOND, "t")).reason())
                .isEqualTo(Reason.OVER_LIMIT);
    }

    // 3. Windows.

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # limit,                                                 first,                    second,                   allowed
                    1 per minute,                                            2026-01-01T12:45:09Z,     2026-01-01T12:45:59.999Z, false
                    1 per minute,                                            2026-01-01T12:45:09Z,     2026-01-01T12:46:00Z,     true
                    1 per 100ms,                                             2026-01-01T00:00:00.099Z, 2026-01-01T00:00:00.100Z, true
                    1 per day,                                               2026-01-01T00:00:00Z,     2026-01-01T23:59:59.999Z, false
                    1 per day,                                               2026-01-01T23:59:59.999Z, 2026-01-02T00:00:00Z,     true
                    1 per week,                                              2026-01-04T23:59:59Z,     2026-01-05T00:00:00Z,     true
                    1 per week,                                              2026-01-05T00:00:00Z,     2026-01-11T23:59:59Z,     false
                    1 per month,                                             2024-02-01T00:00:00Z,     2024-02-29T23:59:59Z,     false
                    1 per month,                                             2024-02-29T23:59:59Z,     2024-03-01T00:00:00Z,     true
                    1 per 12 minutes,                                        2026-01-01T12:00:00Z,     2026-01-01T12:11:59Z,     false
                    1 per 12 minutes,                                        2026-01-01T12:11:59Z,     2026-01-01T12:12:00Z,     true
                    '{ limit: 1, per: 1 minute, align: first-hit }',         2026-01-01T12:45:09Z,     2026-01-01T12:46:08.999Z, false
                    '{ limit: 1, per: 1 minute, align: first-hit }',         2026-01-01T12:45:09Z,     2026-01-01T12:46:09Z,     true
                    '{ limit: 1, per: 1 minute, algorithm: bucket }',        2026-01-01T12:45:09Z,     2026-01-01T12:46:08.999Z, false
                    '{ limit: 1, per: 1 minute, algorithm: bucket }',        2026-01-01T12:45:09Z,     2026-01-01T12:46:09Z,     true
                    '{ limit: 1, per: 1 minute, algorithm: sliding }',       2026-01-01T12:45:00Z,     2026-01-01T12:46:00Z,     false
                    '{ limit: 1, per: 1 minute, algorithm: sliding }',       2026-01-01T12:45:00Z,     2026-01-01T12:46:00.001Z, true
                    0 per minute,                                            2026-01-01T12:45:09Z,     2026-01-01T12:46:09Z,     false
                    """)
    void shouldAdmitTheSecondRequestWhenItsWindowHasRoom(String limit, String first, String second, boolean allowed) {
        // Given
        InMemoryExecutor executor = limits(limit);
        executor.decide(at(Instant.parse(first).toEpochMilli(), "t"));

        // Then
        assertThat(executor.decide(at(Instant.parse(second).toEpochMilli(), "t"))
                        .allowed())
                .isEqualTo(allowed);
    }

    @Test
    void shouldBeginDaysAtTheZonesMidnight() {
        // Given: summer time begins in Madrid on 2026-03-29, a day of 23 hours
        InMemoryExecutor executor =
                executor("zone: Europe/Madrid\nrules: [{ name: r, key: [token], limits: [1 per day] }]");
        Decision decision =
                executor.decide(at(Instant.parse("2026-03-28T23:00:00Z").toEpochMilli(), "t"));

        // Then
        assertThat(decision.resetAt())
                .isEqualTo(Instant.parse("2026-03-29T22:00:00Z").toEpochMilli());
    }

    @Test
    void shouldWeighThePreviousWindowWhenSliding() {
        // Given: 40 in the minute before, 10 in this one
        InMemoryExecutor executor = limits("{ limit: 60, per: 1 minute, algorithm: sliding }");
        last(executor, at(NOON, "t"), 40);

        // When
        Decision decision = last(executor, at(NOON + MINUTE + 15 * SECOND, "t"), 10);

        // Then: floor(40 × 45 / 60) + 10 = 40
        assertThat(decision.binding()).extracting(LimitUsage::remaining).isEqualTo(20L);
    }

    @Test
    void shouldRefillABucketEvenly() {
        // Given
        InMemoryExecutor executor = limits("{ limit: 60, per: 1 minute, algorithm: bucket, burst: 5 }");
        assertThat(last(executor, at(NOON, "t"), 5).allowed()).isTrue();
        Decision denied = executor.decide(at(NOON, "t"));

        // Then: one hit a second
        assertThat(denied.retryAfterMs()).isEqualTo(SECOND);
        assertThat(executor.decide(at(NOON + 999, "t")).allowed()).isFalse();
        assertThat(executor.decide(at(NOON + SECOND, "t")).allowed()).isTrue();
    }

    // 4. Event time.

    @Test
    void shouldSayThatAnEventIsTooOldWhenItsWindowIsGone() {
        // Given
        InMemoryExecutor executor = limits("1 per minute");
        for (int minute = 0; minute <= 8; minute++) {
            executor.decide(at(NOON + minute * MINUTE, "t"));
        }

        // Then
        assertThat(executor.decide(at(NOON, "t")))
                .satisfies(decision -> assertThat(decision.reason()).isEqualTo(Reason.INVALID))
                .satisfies(decision -> assertThat(decision.message()).contains("too old"));
        assertThat(executor.decide(at(NOON + 5 * MINUTE, "t")).reason()).isEqualTo(Reason.OVER_LIMIT);
    }

    // 5. The binding limit.

    @Test
    void shouldBindTheShorterWindowWhenRemainingIsEqual() {
        InMemoryExecutor executor = limits("5 per hour, 5 per minute");
        assertThat(executor.decide(at(NOON, "t")).binding())
                .extracting(LimitUsage::window)
                .isEqualTo("minute");
    }

    @Test
    void shouldBindTheLongestWaitWhenDenied() {
        InMemoryExecutor executor = limits("1 per minute, 1 per hour, 5 per day");
        assertThat(last(executor, at(NOON, "t"), 2))
                .satisfies(decision -> assertThat(decision.binding())
                        .extracting(LimitUsage::window)
                        .isEqualTo("hour"))
                .satisfies(decision -> assertThat(decision.retryAfterMs()).isEqualTo(HOUR));
    }

    // 6. Blocks.

    private static final String BLOCKS = """
            rules: [{ name: r, key: [token], limits: [1 per minute] }]
            blocks: [{ name: b, key: [token], after: 3 per minute, for: [10s, 1m] }]
            """;

    @Test
    void shouldBlockFromTheStrikeThatReachesTheLimit() {
        // Given
        InMemoryExecutor executor = executor(BLOCKS);

        // Then: one allowed, three strikes, the third still throttled
        assertThat(last(executor, at(NOON, "t"), 4).reason()).isEqualTo(Reason.OVER_LIMIT);
        Decision blocked = executor.decide(at(NOON + 1, "t"));
        assertThat(blocked.reason()).isEqualTo(Reason.BLOCKED);
        assertThat(blocked.status()).isEqualTo(403);
        assertThat(blocked.rule()).isEqualTo("b");
        assertThat(blocked.resetAt()).isEqualTo(NOON + 10 * SECOND);
        assertThat(blocked.retryAfterMs()).isEqualTo(10 * SECOND - 1);
        assertThat(executor.decide(at(NOON + 10 * SECOND, "t")).reason()).isEqualTo(Reason.OVER_LIMIT);
    }

    @Test
    void shouldLengthenRepeatBlocksAndForgetThem() {
        // Given
        InMemoryExecutor executor = executor(BLOCKS);
        last(executor, at(NOON, "t"), 4);

        // When: throttled again within twice ten seconds after the first block
        last(executor, at(NOON + 20 * SECOND, "t"), 3);

        // Then
        assertThat(executor.decide(at(NOON + 20 * SECOND, "t")).retryAfterMs()).isEqualTo(MINUTE);
        last(executor, at(NOON + HOUR, "t"), 4);
        assertThat(executor.decide(at(NOON + HOUR, "t")).retryAfterMs()).isEqualTo(10 * SECOND);
    }

    @Test
    void shouldBlockAfterOffencesKnownFromReports() {
        // Given
        InMemoryExecutor executor = executor("""
                blocks: [{ name: logins, key: [ip], of: { status: [401, 403] }, after: 2 per minute, for: 1 hour }]
                """);

        // When
        executor.decide(report(NOON, "t", 1, 401));
        executor.decide(report(NOON, "t", 1, 200));
        assertThat(executor.decide(from(NOON, "t", "192.0.2.1")).reason()).isEqualTo(Reason.NO_RULE);
        executor.decide(report(NOON, "t", 1, 403));

        // Then
        assertThat(executor.decide(from(NOON + 1, "t", "192.0.2.1")).reason()).isEqualTo(Reason.BLOCKED);
    }

    @Test
    void shouldPreferTheAllowListToTheDenyListToTheRules() {
        // Given
        InMemoryExecutor executor = executor("""
                allow: [ip in 10.0.0.0/8]
                deny: [token = leaked, "ip in [203.0.113.0/24, 2001:db8::/32]"]
                rules: [{ name: r, key: [token], limits: [0 per minute] }]
                """);

        // Then
        assertThat(executor.decide(from(NOON, "leaked", "10.1.2.3")).reason()).isEqualTo(Reason.ALLOW_LISTED);
        assertThat(executor.decide(from(NOON, "leaked", "11.1.2.3")).status()).isEqualTo(403);
        assertThat(executor.decide(from(NOON, "t", "2001:db8::1")).reason()).isEqualTo(Reason.DENY_LISTED);
        assertThat(executor.decide(from(NOON, "t", "11.1.2.3")).reason()).isEqualTo(Reason.OVER_LIMIT);
    }

    // 7. Unknown domains, no rules, missing attributes.

    @Test
    void shouldAllowWhatNoPolicyOrRuleIsAbout() {
        // Given
        InMemoryExecutor executor = executor("rules: [{ name: r, match: POST /x, key: [token], limits: [0 per day] }]");
        Request elsewhere = new Request(
                null, NOON, "unknown", "GET", "/", null, null, null, null, null, null, 1, Map.of(), false, 0);

        // Then
        assertThat(executor.decide(elsewhere).reason()).isEqualTo(Reason.NO_POLICY);
        assertThat(executor.decide(at(NOON, "t")).reason()).isEqualTo(Reason.NO_RULE);
    }

    @Test
    void shouldDenyWhatLacksAnAttributeWhereTheRuleSaysSo() {
        // Given
        InMemoryExecutor executor = executor("""
                rules:
                  - { name: lenient, key: [user], limits: [0 per day] }
                  - { name: strict, key: [ip], missing: deny, limits: [5 per day] }
                """);

        // Then
        assertThat(executor.decide(at(NOON, "t")))
                .satisfies(decision -> assertThat(decision.reason()).isEqualTo(Reason.INVALID))
                .satisfies(decision -> assertThat(decision.message())
                        .isEqualTo("rule strict expected the request to have ip, but it has none"));
        assertThat(executor.decide(from(NOON, "t", "192.0.2.1")).reason()).isEqualTo(Reason.WITHIN_LIMITS);
    }

    // 8. Reports and questions.

    @Test
    void shouldChargeAReportAboveTheLimit() {
        // Given
        InMemoryExecutor executor = limits("5 per minute");

        // When
        Decision reported = executor.decide(report(NOON, "t", 8, 0));

        // Then
        assertThat(reported.allowed()).isTrue();
        assertThat(reported.reason()).isEqualTo(Reason.OVER_LIMIT);
        assertThat(executor.decide(at(NOON, "t")).allowed()).isFalse();
    }

    @Test
    void shouldAnswerAQuestionWithoutCharging() {
        InMemoryExecutor executor = limits("5 per minute");
        assertThat(last(executor, hits(NOON, "t", 0), 10).binding())
                .extracting(LimitUsage::remaining)
                .isEqualTo(5L);
    }

    @Test
    void shouldNeverAdmitMoreHitsThanTheLimit() {
        InMemoryExecutor executor = limits("5 per minute");
        assertThat(executor.decide(hits(NOON, "t", 6)).retryAfterMs()).isEqualTo(MINUTE);
        assertThat(executor.decide(hits(NOON, "t", 5)).allowed()).isTrue();
    }

    // 9. Changing a policy.

    @Test
    void shouldKeepUsageWhenThePlanChanges() {
        // Given
        InMemoryExecutor executor = executor("""
                rules:
                  - { name: r, key: [token], limits: { free: 2 per day, paid: 5 per day } }
                """);
        executor.put(new Entity("token", "t", Map.of("plan", "free"), Map.of()));
        assertThat(last(executor, at(NOON, "t"), 3).allowed()).isFalse();

        // When
        executor.put(new Entity("token", "t", Map.of("plan", "paid"), Map.of()));

        // Then
        assertThat(executor.decide(at(NOON, "t")).binding())
                .isEqualTo(new LimitUsage("r", "day", DAY, 5, 2, NOON + DAY / 2, 0));
    }

    @Test
    void shouldPreferTheEventsAttributesToTheEntitys() {
        // Given
        InMemoryExecutor executor = executor("""
                rules:
                  - { name: r, key: [token], where: { plan: free }, limits: [0 per day] }
                """);
        executor.put(new Entity("token", "t", Map.of("plan", "free"), Map.of()));

        // Then
        assertThat(executor.decide(at(NOON, "t")).allowed()).isFalse();
        assertThat(executor.decide(with(NOON, "t", Map.of("plan", "paid"))).reason())
                .isEqualTo(Reason.NO_RULE);
    }

    // The rest of the language.

    @Test
    void shouldTakeHitsFromTheEvent() {
        // Given
        InMemoryExecutor executor =
                executor("rules: [{ name: r, key: [token], hits: attributes.tokens, limits: [100 per day] }]");

        // Then
        assertThat(executor.decide(with(NOON, "t", Map.of("tokens", "60"))).binding())
                .extracting(LimitUsage::remaining)
                .isEqualTo(40L);
        assertThat(executor.decide(with(NOON, "t", Map.of("tokens", "41"))).allowed())
                .isFalse();
        assertThat(executor.decide(with(NOON, "t", Map.of("tokens", "many"))).message())
                .contains("expected a number from 0", "but was many");
    }

    @Test
    void shouldOnlyRecordWhatAShadowRuleWouldHaveDone() {
        // Given
        InMemoryExecutor executor = executor("""
                rules:
                  - { name: enforced, key: [token], limits: [5 per minute] }
                  - { name: trial, key: [token], limits: [1 per minute], mode: shadow }
                """);

        // Then
        assertThat(executor.decide(at(NOON, "t")).shadowed()).isEmpty();
        Decision second = executor.decide(at(NOON, "t"));
        assertThat(second.allowed()).isTrue();
        assertThat(second.shadowed()).containsExactly("trial");
        assertThat(second.rule()).isEqualTo("enforced");
    }

    @Test
    void shouldCountAnIpv6NetworkTogether() {
        // Given
        InMemoryExecutor executor = executor("rules: [{ name: r, key: [ip/64], limits: [1 per minute] }]");
        executor.decide(from(NOON, "t", "2001:db8:0:1::1"));

        // Then
        assertThat(executor.decide(from(NOON, "t", "2001:DB8:0:1:ffff::2")).allowed())
                .isFalse();
        assertThat(executor.decide(from(NOON, "t", "2001:db8:0:2::1")).allowed())
                .isTrue();
        assertThat(executor.decide(from(NOON, "t", "192.0.2.1")).allowed()).isTrue();
        assertThat(executor.decide(from(NOON, "t", "::ffff:192.0.2.1")).allowed())
                .isFalse();
    }

    @Test
    void shouldCountOnlyReportsOfTheOutcomesThatARuleNames() {
        // Given
        InMemoryExecutor executor =
                executor("rules: [{ name: r, key: [token], when: { status: 401 }, limits: [2 per minute] }]");
        last(executor, at(NOON, "t"), 5);
        executor.decide(report(NOON, "t", 1, 200));
        assertThat(executor.decide(at(NOON, "t")).binding())
                .extracting(LimitUsage::remaining)
                .isEqualTo(2L);

        // When
        executor.decide(report(NOON, "t", 1, 401));
        executor.decide(report(NOON, "t", 1, 401));

        // Then
        assertThat(executor.decide(at(NOON, "t")).allowed()).isFalse();
    }
}
