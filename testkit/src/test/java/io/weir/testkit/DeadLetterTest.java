package io.weir.testkit;

import static io.weir.testkit.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Request;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.RequestEvent;
import io.weir.topology.TimeBounds;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a dead letter holds. */
class DeadLetterTest {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    private static final long DAY = 86_400_000;

    private static final String TWO_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            """;

    @Test
    void shouldNotCopyWhatIsTooLargeForALetterAndSaySo() {
        try (QuotaFixture weir = QuotaFixture.given(TWO_PER_MINUTE)) {
            // When
            weir.send(new byte[3 << 20], new byte[4 << 20]);

            // Then
            DeadLetter letter = weir.deadLetters().get(0);
            assertThat(letter.getReason()).endsWith("; its 4194304 bytes are not copied");
            assertThat(letter.getKey()).isNull();
            assertThat(letter.getValue()).isNull();
        }
    }

    @Test
    void shouldHoldTheOneEventOfABatchThatIsNotDecided() {
        try (QuotaFixture weir = QuotaFixture.given(1, new TimeBounds(0, DAY), TWO_PER_MINUTE)) {
            // Given
            Request good = get("/").token("t1").id("good").in("example", NOON);
            Request old = get("/").token("t1").id("old").in("example", NOON - 9 * DAY);

            // When
            weir.decideBatch(List.of(good, old));

            // Then
            DeadLetter letter = weir.deadLetters().get(0);
            assertThat(Contracts.requests(letter.getValue().array()))
                    .extracting(RequestEvent::getRequestId)
                    .containsExactly("old");
        }
    }
}
