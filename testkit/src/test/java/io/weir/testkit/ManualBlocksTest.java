package io.weir.testkit;

import static io.weir.testkit.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Reason;
import io.weir.engine.decide.Block;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.Visit;
import io.weir.wire.Conversions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators put on the block list and take off it. */
class ManualBlocksTest {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private static final String NO_BLOCKS = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            allow: [token = vip]
            """;

    private static final String BLOCKS = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [1 per minute] }
            blocks:
              - { name: abusers, key: [ip], after: 2 per minute, for: [1 hour, 1 day] }
              - { name: own, key: [token], after: 9 per minute, for: 1 hour }
            """;

    private static Block block(String attribute, String value, long from, long until) {
        return new Block(
                "example", Block.MANUAL, List.of(attribute), List.of(value), from, until, "by hand", null, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip", "token", "account", "profile", "device", "user"})
    void shouldDenyWhomAnOperatorBlocksUntilTheBlockEnds(String attribute) {
        try (QuotaFixture weir = QuotaFixture.given(NO_BLOCKS)) {
            // Given
            weir.block(block(attribute, "192.0.2.1", NOON, NOON + 10 * MINUTE));
            TestRequest request = of(attribute, "192.0.2.1");

            // Then
            weir.when(request.at(NOON - 1)).then().allowed(1);
            weir.when(request.at(NOON))
                    .then()
                    .reason(Reason.BLOCKED, 1)
                    .status(403)
                    .retryAfterMs(10 * MINUTE);
            assertThat(weir.then().last().rule()).isEqualTo("manual");
            weir.when(request.at(NOON + 10 * MINUTE - 1)).then().reason(Reason.BLOCKED, 1);
            weir.when(request.at(NOON + 10 * MINUTE)).then().allowed(1);
            weir.when(of(attribute, "192.0.2.2").at(NOON)).then().allowed(1);
        }
    }

    private static TestRequest of(String attribute, String value) {
        return switch (attribute) {
            case "ip" -> get("/").ip(value);
            case "token" -> get("/").token(value);
            case "account" -> get("/").account(value);
            case "profile" -> get("/").profile(value);
            case "device" -> get("/").device(value);
            default -> get("/").user(value);
        };
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # blocked,         address,           denied
            192.0.2.0/24,      192.0.2.77,        true
            192.0.2.0/24,      192.0.3.0,         false
            192.0.2.0/24,      ::ffff:192.0.2.1,  true
            2001:db8::/64,     2001:db8::5:6,     true
            2001:db8::/64,     2001:db8:0:1::5,   false
            0.0.0.0/0,         2001:db8::5:6,     false
            2001:DB8::1,       2001:db8:0::1,     true
            192.0.2.0/24,      not an address,    false
            """)
    void shouldDenyAddressesByRange(String blocked, String address, boolean denied) {
        try (QuotaFixture weir = QuotaFixture.given(NO_BLOCKS)) {
            weir.block(block("ip", blocked, NOON, NOON + MINUTE));
            weir.when(get("/").ip(address).at(NOON)).then().denied(denied ? 1 : 0);
        }
    }

    @Test
    void shouldLetTheBlockWithTheLatestEndBind() {
        try (QuotaFixture weir = QuotaFixture.given(BLOCKS)) {
            // Given: an earned block of one hour
            weir.when(3, get("/").token("t1").ip("192.0.2.1").at(NOON));
            weir.block(block("ip", "192.0.2.1", NOON, NOON + MINUTE));
            weir.block(block("token", "t9", NOON, NOON + 120 * MINUTE));

            // Then
            weir.when(get("/").token("t2").ip("192.0.2.1").at(NOON + 1));
            assertThat(weir.then().last().rule()).isEqualTo("abusers");
            weir.when(get("/").token("t9").ip("192.0.2.1").at(NOON + 1));
            assertThat(weir.then().last().rule()).isEqualTo("manual");
        }
    }

    @Test
    void shouldFollowTheAllowListTheShadowModeAndTheDomain() {
        try (QuotaFixture weir = QuotaFixture.given(NO_BLOCKS)) {
            // Given
            weir.block(block("ip", "192.0.2.1", NOON, NOON + MINUTE));

            // Then
            weir.when(get("/").token("vip").ip("192.0.2.1").at(NOON)).then().reason(Reason.ALLOW_LISTED, 1);
            weir.policy(NO_BLOCKS + "mode: shadow\n");
            weir.when(get("/").ip("192.0.2.1").at(NOON)).then().allowed(1);
            assertThat(weir.then().last().shadowed()).containsExactly("manual");
            weir.policy(NO_BLOCKS.replace("example", "another"));
            weir.when(get("/").ip("192.0.2.1").at(NOON)).then().allowed(1);
        }
    }

    @Test
    void shouldFreeAtOnceWhoIsTakenOffTheList() {
        try (QuotaFixture weir = QuotaFixture.given(NO_BLOCKS)) {
            Stream.of(block("token", "t1", NOON, NOON + MINUTE), block("ip", "192.0.2.0/24", NOON, NOON + MINUTE))
                    .forEach(block -> {
                        // Given
                        weir.block(block);
                        weir.when(get("/").token("t1").ip("192.0.2.1").at(NOON))
                                .then()
                                .denied(1);

                        // When
                        weir.noBlock(block);

                        // Then
                        weir.when(get("/").token("t1").ip("192.0.2.1").at(NOON))
                                .then()
                                .allowed(1);
                        assertThat(weir.blocks()).isEmpty();
                    });
        }
    }

    @Test
    void shouldTakeABlockOffTheListWhenItHasEnded() {
        try (QuotaFixture weir = QuotaFixture.given(NO_BLOCKS)) {
            // Given: one of long ago by the events' time, and one that begins in a day
            long today = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
            weir.block(block("token", "t1", 0, 10 * MINUTE));
            weir.block(block("token", "t2", today + 1440 * MINUTE, today + 1450 * MINUTE));

            // When
            weir.pass(Duration.ofMinutes(14));

            // Then
            assertThat(weir.blocks()).hasSize(2);
            assertThat(weir.blockRecords()).isEmpty();

            // When
            weir.pass(Duration.ofMinutes(2));

            // Then
            assertThat(weir.blockRecords()).containsExactly((Block) null);
            assertThat(weir.blocks())
                    .singleElement()
                    .satisfies(left -> assertThat(left.values()).contains("t2"));

            // When
            weir.pass(Duration.ofMinutes(1450));

            // Then
            assertThat(weir.blocks()).isEmpty();
        }
    }

    @Test
    void shouldKeepABlockThatWasRenewed() {
        try (QuotaFixture weir = QuotaFixture.given(NO_BLOCKS)) {
            // Given
            weir.block(block("token", "t1", NOON, NOON + 10 * MINUTE));
            weir.pass(Duration.ofMinutes(9));

            // When
            weir.block(block("token", "t1", NOON + 9 * MINUTE, NOON + 60 * MINUTE));
            weir.pass(Duration.ofMinutes(30));

            // Then
            assertThat(weir.blocks()).hasSize(1);
            assertThat(weir.blockRecords()).isEmpty();
        }
    }

    @Test
    void shouldIgnoreABlockThatMakesNoSense() {
        try (QuotaFixture weir = QuotaFixture.given(NO_BLOCKS)) {
            weir.block(block("route", "/", NOON, NOON + MINUTE));
            weir.block(block("ip", "192.0.2.1/24", NOON, NOON + MINUTE));
            assertThat(weir.blocks()).isEmpty();
            weir.when(get("/").ip("192.0.2.1").at(NOON)).then().allowed(1);
        }
    }

    @Test
    void shouldReallyLiftAnEarnedBlock() {
        try (QuotaFixture weir = QuotaFixture.given(BLOCKS)) {
            // Given
            weir.when(3, get("/").token("t1").ip("192.0.2.1").at(NOON));
            weir.when(get("/").token("t2").ip("192.0.2.1").at(NOON)).then().reason(Reason.BLOCKED, 1);
            weir.blockRecords();

            // When
            weir.unblock("ip", "192.0.2.1");

            // Then
            assertThat(weir.blockRecords()).containsExactly((Block) null);
            assertThat(weir.blocks()).isEmpty();
            weir.when(get("/").token("t2").ip("192.0.2.1").at(NOON)).then().allowed(1);

            // When: it goes on, and is treated as one that was never blocked
            weir.when(2, get("/").token("t2").ip("192.0.2.1").at(NOON));

            // Then
            assertThat(weir.blockRecords())
                    .singleElement()
                    .satisfies(block -> assertThat(block.until()).isEqualTo(NOON + 60 * MINUTE));
        }
    }

    @Test
    void shouldReallyLiftABlockThatLiesWithItsOwnSubject() {
        try (QuotaFixture weir = QuotaFixture.given(BLOCKS)) {
            // Given: strikes and blocks of the token itself need no visit
            weir.when(11, get("/").token("t1").at(NOON)).then().reason(Reason.BLOCKED, 1);

            // When
            weir.unblock("token", "t1");

            // Then: what it used is not given back
            weir.when(get("/").token("t1").at(NOON)).then().reason(Reason.OVER_LIMIT, 1);
            weir.when(get("/").token("t1").at(NOON + MINUTE)).then().allowed(1);
            assertThat(weir.blocks()).isEmpty();
        }
    }

    @Test
    void shouldLiftABlockWhosePolicyIsGone() {
        try (QuotaFixture weir = QuotaFixture.given(BLOCKS)) {
            // Given
            weir.when(3, get("/").token("t1").ip("192.0.2.1").at(NOON));
            weir.noPolicy("example");

            // When
            weir.unblock("ip", "192.0.2.1");
            weir.policy(BLOCKS);

            // Then
            assertThat(weir.blocks()).isEmpty();
            weir.when(get("/").token("t2").ip("192.0.2.1").at(NOON)).then().allowed(1);
        }
    }

    @Test
    void shouldKeepAVisitThatMakesNoSenseAsADeadLetter() {
        try (QuotaFixture weir = QuotaFixture.given(BLOCKS)) {
            // When
            var good = Conversions.unblock("example", List.of("ip"), List.of("x"), NOON);
            weir.visit(Contracts.VISIT.encode(
                    Visit.newBuilder(good).setUnblocked(List.of("nonsense")).build()));
            weir.visit(Contracts.VISIT.encode(
                    Visit.newBuilder(good).setSubject("nonsense").build()));

            // Then
            assertThat(weir.deadLetters())
                    .extracting(letter -> letter.getReason())
                    .containsExactly(
                            "unblock: expected attribute=value, found 'nonsense'",
                            "subject of a visit: expected attribute=value, found 'nonsense'");
            weir.when(get("/").token("t2").at(NOON)).then().allowed(1);
        }
    }
}
