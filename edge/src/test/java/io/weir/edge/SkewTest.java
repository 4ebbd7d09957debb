package io.weir.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The distance of two clocks, from when a record was sent, stamped and acknowledged. */
class SkewTest {
    private final Skew skew = new Skew();

    @Test
    void shouldKnowNothingBeforeAnythingWasSent() {
        assertThat(skew.estimate()).isNull();
    }

    @Test
    void shouldKeepTheTightestBound() {
        // Given
        skew.observe(1_000, 1_900, 2_000);
        skew.observe(3_000, 3_503, 3_006);

        // When
        skew.observe(4_000, 4_700, 4_400);

        // Then
        Skew.Estimate estimate = Objects.requireNonNull(skew.estimate());
        assertThat(estimate.aheadMs()).isEqualTo(500);
        assertThat(estimate.errorMs()).isBetween(3L, 5L);
        assertThat(estimate.exceeds(Duration.ofMillis(400))).isTrue();
        assertThat(estimate.exceeds(Duration.ofMillis(500))).isFalse();
    }

    @Test
    void shouldForgetABoundThatIsTwoMinutesOld() {
        // Given
        skew.observe(1_000, 1_500, 1_002);
        skew.observe(70_000, 70_900, 70_020);

        // When
        skew.observe(140_000, 140_900, 140_020);

        // Then
        assertThat(Objects.requireNonNull(skew.estimate()).aheadMs()).isEqualTo(890);
    }
}
