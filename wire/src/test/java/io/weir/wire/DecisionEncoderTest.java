package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DecisionEvent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is written by hand is what the generated classes write. */
class DecisionEncoderTest {
    private static final List<Reason> GIVEN = List.copyOf(EnumSet.complementOf(EnumSet.of(Reason.UNAVAILABLE)));
    private static final String[] TEXTS = {"", "a", "per-token", "Ünïcödé", "長い名前", "x".repeat(300), "tab\tnul\0"};

    @Test
    void shouldWriteWhatTheGeneratedClassesWrite() {
        SplittableRandom random = new SplittableRandom(7);
        DecisionEncoder encoder = new DecisionEncoder();
        for (int i = 0; i < 2_000; i++) {
            // Given
            Decision decision = decision(random);

            // When
            encoder.add(decision, "token", "t" + i);

            // Then
            assertThat(encoder.record())
                    .as("decision %d of seed 7: %s", i, decision)
                    .isEqualTo(Contracts.DECISION.encode(Conversions.event(decision, "token=t" + i)));
        }
    }

    @Test
    void shouldWriteABatchThatIsReadInOrder() {
        // Given
        SplittableRandom random = new SplittableRandom(8);
        DecisionEncoder encoder = new DecisionEncoder();
        List<DecisionEvent> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Decision decision = decision(random);
            expected.add(Conversions.event(decision, null));
            encoder.add(decision, null, null);
        }

        // When
        byte[] record = encoder.record();

        // Then
        assertThat(Contracts.decisions(record)).isEqualTo(expected);
        assertThat(encoder.count()).isZero();
    }

    @Test
    void shouldWriteEveryReasonThatEnforcersGive() {
        for (Reason reason : Reason.values()) {
            DecisionEncoder encoder = new DecisionEncoder();
            Decision decision =
                    new Decision(null, "d", 0, Outcome.DENY, reason, 0, null, null, List.of(), 0, 0, List.of(), null);
            if (reason == Reason.UNAVAILABLE) {
                assertThatThrownBy(() -> encoder.add(decision, null, null)).hasMessageEndingWith("but was UNAVAILABLE");
            } else {
                encoder.add(decision, null, null);
                assertThat(Contracts.decisions(encoder.record()).get(0).getReason())
                        .hasToString(reason.name());
            }
        }
    }

    private static Decision decision(SplittableRandom random) {
        List<LimitUsage> limits = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            limits.add(limit(random));
        }
        List<String> shadowed = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            shadowed.add(text(random));
        }
        return new Decision(
                random.nextBoolean() ? null : text(random),
                text(random),
                random.nextLong(),
                random.nextBoolean() ? Outcome.ALLOW : Outcome.DENY,
                GIVEN.get(random.nextInt(GIVEN.size())),
                random.nextInt(),
                random.nextBoolean() ? null : text(random),
                random.nextBoolean() ? null : limit(random),
                limits,
                random.nextLong(),
                random.nextLong(1000),
                shadowed,
                random.nextBoolean() ? null : text(random));
    }

    private static LimitUsage limit(SplittableRandom random) {
        return new LimitUsage(
                text(random),
                text(random),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong());
    }

    private static String text(SplittableRandom random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }
}
