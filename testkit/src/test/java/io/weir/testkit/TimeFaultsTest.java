package io.weir.testkit;

import static io.weir.testkit.TestRequest.get;

import io.weir.engine.Reason;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Clocks that differ, days that are longer or shorter, storms at the edges of windows. */
class TimeFaultsTest {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private static final String THREE_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [3 per minute] }
            """;

    private static final String ONE_PER_DAY_IN_MADRID = """
            policy: example
            zone: Europe/Madrid
            rules:
              - { name: per-token, key: [token], limits: [1 per day] }
            """;

    @Test
    void shouldChargeEachEventToTheWindowOfItsOwnClock() {
        try (QuotaFixture weir = QuotaFixture.given(THREE_PER_MINUTE)) {
            // Given: one edge's clock is half a minute ahead, another's is half a minute behind
            long ahead = NOON + 30_000;
            long behind = NOON - 30_000;

            // Then: neither uses up what the other counts in
            for (int i = 0; i < 3; i++) {
                weir.when(1, get("/").token("t1").at(ahead + i)).then().allowed(1);
                weir.when(1, get("/").token("t1").at(behind + i)).then().allowed(1);
            }
            weir.when(1, get("/").token("t1").at(behind)).then().reason(Reason.OVER_LIMIT, 1);
            weir.when(1, get("/").token("t1").at(ahead)).then().reason(Reason.OVER_LIMIT, 1);
        }
    }

    @Test
    void shouldAdmitNoMoreThanTheLimitInAStormOnEitherSideOfAWindowsEdge() {
        try (QuotaFixture weir = QuotaFixture.given(THREE_PER_MINUTE)) {
            weir.when(500, get("/").token("t1").at(NOON + MINUTE - 1))
                    .then()
                    .allowed(3)
                    .denied(497)
                    .retryAfterMs(1);
            weir.when(500, get("/").token("t1").at(NOON + MINUTE))
                    .then()
                    .allowed(3)
                    .denied(497)
                    .retryAfterMs(MINUTE);
        }
    }

    @Test
    void shouldCountInADayOf23Hours() {
        try (QuotaFixture weir = QuotaFixture.given(ONE_PER_DAY_IN_MADRID)) {
            // When: summer time begins on March 29
            weir.when(2, get("/").token("t1").at("2026-03-28T23:00:00Z"));

            // Then
            weir.then().allowed(1).denied(1).retryAfterMs(23 * 60 * MINUTE);
            weir.when(2, get("/").token("t1").at("2026-03-29T22:00:00Z"))
                    .then()
                    .allowed(1)
                    .denied(1);
        }
    }

    @Test
    void shouldCountInADayOf25Hours() {
        try (QuotaFixture weir = QuotaFixture.given(ONE_PER_DAY_IN_MADRID)) {
            // When: summer time ends on October 25
            weir.when(2, get("/").token("t1").at("2026-10-24T22:00:00Z"));

            // Then
            weir.then().allowed(1).denied(1).retryAfterMs(25 * 60 * MINUTE);
            weir.when(1, get("/").token("t1").at("2026-10-25T22:59:59Z")).then().denied(1);
            weir.when(1, get("/").token("t1").at("2026-10-25T23:00:00Z")).then().allowed(1);
        }
    }

    @Test
    void shouldCountTheLeapDayInFebruary() {
        try (QuotaFixture weir = QuotaFixture.given("""
                policy: example
                rules:
                  - { name: per-token, key: [token], limits: [1 per month] }
                """)) {
            weir.when(1, get("/").token("t1").at("2028-02-01T00:00:00Z")).then().allowed(1);
            weir.when(1, get("/").token("t1").at("2028-02-29T23:59:59Z"))
                    .then()
                    .denied(1)
                    .retryAfterMs(1_000);
            weir.when(1, get("/").token("t1").at("2028-03-01T00:00:00Z")).then().allowed(1);
        }
    }
}
