package io.weir.testkit;

import static io.weir.testkit.TestRequest.get;
import static io.weir.testkit.TestRequest.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Entity;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.RequestEvent;
import io.weir.schemas.avro.UsageRecord;
import io.weir.topology.TimeBounds;
import io.weir.wire.Conversions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuotaTopologyTest {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;
    private static final long DAY = 86_400_000;

    private static final String TWO_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            """;

    private static final String TOKEN_AND_ACCOUNT = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [3 per minute] }
              - { name: per-account, key: [account], limits: [1 per minute] }
            """;

    private static final String BLOCK_BY_IP = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [1 per minute] }
            blocks:
              - { name: abusers, key: [ip], after: 2 per minute, for: 1 hour }
            """;

    @Test
    void shouldSendAWronglyPlacedRequestOnOnceAndDecideItThere() {
        // Given: one partition of four, so three quarters of all keys are at home elsewhere
        try (QuotaFixture weir = QuotaFixture.given(4, TWO_PER_MINUTE)) {
            for (int i = 0; i < 20; i++) {
                // When
                weir.when(3, get("/").token("token-" + i).at(NOON));

                // Then
                weir.then().allowed(2).denied(1);
            }
        }
    }

    @Test
    void shouldNotLetAPoisonTimestampHarmAnybody() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // Given
            weir.when(2, get("/").token("t1").at(NOON));
            weir.when(1, get("/").token("t1").at(NOON + 50 * DAY));
            weir.then().allowed(1);

            // When
            weir.when(1, get("/").token("t1").at(NOON + 1));

            // Then
            weir.then().reason(Reason.OVER_LIMIT, 1);
            weir.when(3, get("/").token("t2").at(NOON + MINUTE))
                    .then()
                    .allowed(2)
                    .denied(1);
            weir.when(3, get("/").token("t1").at(NOON + MINUTE))
                    .then()
                    .allowed(2)
                    .denied(1);
            weir.when(2, get("/").token("t1").at(NOON + 50 * DAY))
                    .then()
                    .allowed(1)
                    .denied(1);
        }
    }

    @Test
    void shouldChargeAnOutOfOrderEventToItsOwnWindow() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // Given
            weir.when(1, get("/").token("t1").at(NOON));
            weir.when(2, get("/").token("t1").at(NOON + MINUTE));

            // When
            weir.when(2, get("/").token("t1").at(NOON + 59_999));

            // Then
            weir.then().allowed(1).denied(1).retryAfterMs(60_001);
        }
    }

    @Test
    void shouldAnswerAndKeepAnEventThatIsTooOld() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // Given
            for (int minute = 0; minute < 10; minute++) {
                weir.when(get("/").token("t1").at(NOON + minute * MINUTE));
            }

            // When
            weir.when(get("/").token("t1").id("late").at(NOON));

            // Then
            weir.then().reason(Reason.INVALID, 1).status(400);
            assertThat(weir.then().last().message()).contains("too old", "per-token");
            assertThat(weir.deadLetters()).extracting(DeadLetter::getRequestId).containsExactly("late");
        }
    }

    @Test
    void shouldRefuseTimesOutsideTheBoundsThatAreSet() {
        // Given: the log's time is midnight
        try (QuotaFixture weir = QuotaFixture.given(1, new TimeBounds(MINUTE, DAY), TWO_PER_MINUTE)) {
            long midnight = NOON - DAY / 2;

            // Then
            weir.when(get("/").token("t1").at(midnight + MINUTE / 2)).then().allowed(1);
            weir.when(get("/").token("t1").at(NOON)).then().reason(Reason.INVALID, 1);
            assertThat(weir.then().last().message()).contains("too far ahead: expected at most 60000 ms after");
            weir.when(get("/").token("t1").at(midnight - 2 * DAY)).then().reason(Reason.INVALID, 1);
            assertThat(weir.then().last().message()).contains("too old: expected at most 86400000 ms before");
            assertThat(weir.deadLetters()).hasSize(2);
        }
    }

    @Test
    void shouldKeepUsageWhenThePolicyIsEdited() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // Given
            weir.when(2, get("/").token("t1").at(NOON));

            // When
            weir.policy(TWO_PER_MINUTE.replace("2 per minute", "3 per minute, 10 per hour"));

            // Then
            weir.when(2, get("/").token("t1").at(NOON + 1));
            weir.then().allowed(1).denied(1).lastBoundBy("per-token", "minute", 0);
        }
    }

    @Test
    void shouldKeepThePolicyInForceWhenAnInvalidOneArrives() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // When
            weir.noPolicy("another");

            // Then
            weir.when(3, get("/").token("t1").at(NOON)).then().allowed(2).denied(1);
            weir.noPolicy("example");
            weir.when(get("/").token("t1").at(NOON)).then().reason(Reason.NO_POLICY, 1);
        }
    }

    @Test
    void shouldChargeADuplicateOnceWhereThePolicyDeduplicates() {
        try (QuotaFixture weir = QuotaFixture.given("deduplicate: 5m\n" + TWO_PER_MINUTE)) {
            // When
            weir.when(5, get("/").token("t1").id("r1").at(NOON));

            // Then
            weir.then().allowed(5).lastBoundBy("per-token", "minute", 1);
            weir.when(2, get("/").token("t1").at(NOON)).then().allowed(1).denied(1);
            weir.when(get("/").token("t1").id("r1").at(NOON + 6 * MINUTE))
                    .then()
                    .lastBoundBy("per-token", "minute", 1);
        }
    }

    @Test
    void shouldChargeADuplicateOnceAtEverySubject() {
        try (QuotaFixture weir = QuotaFixture.given("deduplicate: 5m\n" + TOKEN_AND_ACCOUNT)) {
            // When
            weir.when(3, get("/").token("t1").account("a1").id("r1").at(NOON));

            // Then
            weir.then().allowed(3);
            weir.when(3, get("/").token("t1").account("a2").id("r2").at(NOON))
                    .then()
                    .allowed(3);
            weir.when(get("/").token("t1").account("a3").at(NOON)).then().allowed(1);
        }
    }

    @Test
    void shouldRefundTheFirstSubjectWhenTheSecondDenies() {
        try (QuotaFixture weir = QuotaFixture.given(TOKEN_AND_ACCOUNT)) {
            // Given
            weir.when(5, get("/").token("t1").account("a1").at(NOON));
            weir.then().allowed(1).denied(4).lastBoundBy("per-account", "minute", 0);

            // When
            weir.when(1, get("/").token("t1").account("a2").at(NOON));
            weir.when(1, get("/").token("t1").account("a3").at(NOON));

            // Then: of three per token only admitted ones count
            weir.then().allowed(1);
            weir.when(1, get("/").token("t1").account("a4").at(NOON)).then().denied(1);
        }
    }

    @Test
    void shouldBlockASubjectOfAnotherPartitionAndLiftTheBlock() {
        try (QuotaFixture weir = QuotaFixture.given(BLOCK_BY_IP)) {
            // Given: two strikes of one address with different tokens
            weir.when(2, get("/").token("t1").ip("192.0.2.1").at(NOON));
            weir.when(2, get("/").token("t2").ip("192.0.2.1").at(NOON + 1));
            weir.then().reason(Reason.OVER_LIMIT, 1);

            // Then
            assertThat(weir.blockRecords()).singleElement().satisfies(block -> {
                assertThat(block.values()).containsExactly("192.0.2.1");
                assertThat(block.until()).isEqualTo(NOON + 1 + 60 * MINUTE);
            });
            weir.when(get("/").token("t3").ip("192.0.2.1").at(NOON + 2));
            weir.then().reason(Reason.BLOCKED, 1).status(403).retryAfterMs(60 * MINUTE - 1);
            weir.when(get("/").token("t3").ip("192.0.2.2").at(NOON + 2)).then().allowed(1);
            weir.when(get("/").token("t3").ip("192.0.2.1").at(NOON + 1 + 60 * MINUTE))
                    .then()
                    .allowed(1);

            // When
            weir.pass(Duration.ofHours(2));

            // Then
            assertThat(weir.blockRecords()).containsExactly((io.weir.engine.decide.Block) null);
            assertThat(weir.blocks()).isEmpty();
        }
    }

    @Test
    void shouldLetDeadSubjectsDisappear() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // Given
            for (int i = 0; i < 50; i++) {
                weir.when(get("/").token("t" + i).at(NOON));
            }
            assertThat(weir.entries()).isEqualTo(50);

            // When
            weir.pass(Duration.ofMinutes(7));

            // Then
            assertThat(weir.entries()).isZero();
        }
    }

    @Test
    void shouldKeepASubjectThatIsUsedAgain() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE.replace("minute", "day"))) {
            // Given
            weir.when(2, get("/").token("t1").at(NOON));
            weir.pass(Duration.ofHours(11));

            // When
            weir.when(1, get("/").token("t1").at(NOON + 11 * 60 * MINUTE));

            // Then
            weir.then().denied(1);
        }
    }

    @Test
    void shouldDecideABatchInOrder() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // Given
            List<Request> batch = java.util.stream.Stream.of("a", "b", "a", "a", "b")
                    .map(token -> new Request(
                            null, NOON, "example", "GET", "/", null, token, null, null, null, null, 1, Map.of(), false,
                            0))
                    .toList();

            // When
            List<Boolean> allowed = weir.decideBatch(batch).stream()
                    .map(io.weir.engine.Decision::allowed)
                    .toList();

            // Then
            assertThat(allowed).containsExactly(true, true, true, false, true);
        }
    }

    @Test
    void shouldSendWhatCannotBeDecodedToDeadLettersAndGoOn() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // When
            weir.send(null, "{\"token\":\"t1\"}".getBytes(StandardCharsets.UTF_8));
            weir.send(null, null);

            // Then
            List<DeadLetter> letters = weir.deadLetters();
            assertThat(letters.get(0).getReason()).startsWith("expected Avro single-object encoding");
            assertThat(letters.get(0).getTopic()).isEqualTo("weir.requests");
            assertThat(letters.get(0).getValue()).isNotNull();
            assertThat(letters.get(1).getReason()).isEqualTo("expected a record with a value, but found none");
            weir.when(get("/").token("t1").at(NOON)).then().allowed(1);
        }
    }

    @Test
    void shouldAnswerAnEventWhoseValuesAreOutOfRange() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // Given
            RequestEvent event = RequestEvent.newBuilder()
                    .setRequestId("r1")
                    .setTimestamp(-5)
                    .setDomain("example")
                    .setMethod("GET")
                    .setPath("/")
                    .build();

            // When
            weir.send(null, Contracts.REQUEST.encode(event));

            // Then
            weir.then().reason(Reason.INVALID, 1).status(400);
            assertThat(weir.then().last().message()).contains("but was -5");
            assertThat(weir.deadLetters()).hasSize(1);
        }
    }

    @Test
    void shouldFollowEntities() {
        try (QuotaFixture weir = QuotaFixture.given("""
                policy: example
                rules:
                  - { name: pool, key: [account], limits: [{ limit: 2, times: account.devices, per: 1 day }] }
                """)) {
            // Given
            weir.entity(new Entity("account", "acme", Map.of("devices", "1"), Map.of()));
            weir.when(3, post("/").account("acme").at(NOON)).then().allowed(2).denied(1);

            // When
            weir.entity(new Entity("account", "acme", Map.of("devices", "2"), Map.of()));

            // Then
            weir.when(3, post("/").account("acme").at(NOON)).then().allowed(2).denied(1);
        }
    }

    @Test
    void shouldReportUsageWhenAWindowClosesAndNeverPerEvent() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE.replace("2 per", "100 per"))) {
            // When
            weir.when(50, get("/").token("t1").at(NOON + 1));
            weir.when(1, get("/").token("t1").at(NOON + MINUTE));

            // Then
            List<UsageRecord> usage = weir.usage();
            assertThat(usage).hasSizeLessThan(5);
            assertThat(usage).filteredOn(UsageRecord::getClosed).singleElement().satisfies(closed -> {
                assertThat(closed.getConsumed()).isEqualTo(50);
                assertThat(closed.getKey()).containsExactly("token=t1");
                assertThat(closed.getFrom()).isEqualTo(NOON);
                assertThat(closed.getUntil()).isEqualTo(NOON + MINUTE);
            });
        }
    }

    @Test
    void shouldReportEveryWindowOnceWhenItCloses() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // When
            for (int minute = 0; minute < 20; minute++) {
                weir.when(get("/").token("t1").at(NOON + minute * MINUTE));
            }

            // Then
            assertThat(weir.usage())
                    .filteredOn(UsageRecord::getClosed)
                    .hasSize(19)
                    .extracting(UsageRecord::getFrom)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldSayWhichSubjectDecided() {
        // A round trip through the contract keeps every field.
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            weir.when(3, get("/").token("t1").id("r").at(NOON));
            assertThat(Conversions.decision(Conversions.event(weir.then().last(), "token=t1")))
                    .isEqualTo(weir.then().last());
        }
    }
}
