package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EarlyCommitTest {
    private static final long NOON = 1_767_268_800_000L;
    private static final long PACE_MS = EarlyCommit.PACE.toMillis();

    private int commits;
    private final EarlyCommit early = new EarlyCommit(() -> commits++);

    @Test
    void shouldCommitAtOnceWhenAVisitHasBeenSent() {
        // When
        early.sent();
        early.done(1, NOON);

        // Then
        assertThat(commits).isEqualTo(1);
    }

    @Test
    void shouldLeaveRecordsWithoutVisitsToTheInterval() {
        // When
        early.done(1, NOON);
        early.measure(NOON + PACE_MS);

        // Then
        assertThat(commits).isZero();
    }

    @Test
    void shouldCommitVisitsThatFollowEachOtherTogether() {
        // Given
        early.sent();
        early.done(1, NOON);

        // When
        for (int ms = 1; ms < PACE_MS; ms++) {
            early.sent();
            early.done(1, NOON + ms);
        }
        int meanwhile = commits;
        early.measure(NOON + PACE_MS);

        // Then
        assertThat(meanwhile).isEqualTo(1);
        assertThat(commits).isEqualTo(2);
    }

    @Test
    void shouldLeaveTheVisitsOfABusyTaskToTheIntervalUntilItIsQuiet() {
        // Given
        early.measure(NOON);
        early.done(1_000, NOON + 1);
        early.measure(NOON + PACE_MS);

        // When
        early.sent();
        early.done(1_000, NOON + PACE_MS + 1);
        int busy = commits;
        early.measure(NOON + 2 * PACE_MS);
        early.measure(NOON + 3 * PACE_MS);

        // Then
        assertThat(busy).isZero();
        assertThat(commits).isEqualTo(1);
    }

    @Test
    void shouldLeaveVisitsToTheIntervalWhereTheyAreTheRule() {
        // When
        long lasts = 60_000;
        for (long ms = 0; ms < lasts; ms++) {
            early.sent();
            early.done(1, NOON + ms);
        }
        int steady = commits;
        early.sent();
        early.done(1, NOON + lasts + EarlyCommit.AT_ONCE * EarlyCommit.AGAIN_MS);

        // Then
        assertThat((long) steady)
                .isBetween(lasts / EarlyCommit.AGAIN_MS, lasts / EarlyCommit.AGAIN_MS + EarlyCommit.AT_ONCE);
        assertThat(commits).isEqualTo(steady + 1);
    }
}
