package io.weir.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Request;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Questions are asked when they are due, once, and not where an event has asked already. */
class QuestionsTest {
    private static final long MS = 1_000_000;
    private static final long LIMITS = 7;
    private static final Request REQUEST =
            new Request(null, 5_000, "example", "GET", "/", null, "t1", null, null, null, null, 3, Map.of(), false, 0);

    private final Questions questions = new Questions(2);

    @Test
    void shouldAskWithoutHitsAtTheTimeThatHasBecome() {
        // Given
        questions.later(LIMITS, REQUEST, 10, 0);
        assertThat(questions.due(9 * MS)).isNull();

        // When
        Request question = Objects.requireNonNull(questions.due(12 * MS));

        // Then
        assertThat(question.hits()).isZero();
        assertThat(question.timestamp()).isEqualTo(5_012);
        assertThat(questions.due(1_000 * MS)).isNull();
    }

    @Test
    void shouldNotAskWhatAnEventHasAsked() {
        // Given
        questions.later(LIMITS, REQUEST, 10, 0);
        assertThat(questions.due(0)).isNull();

        // When
        questions.askedNow(LIMITS);

        // Then
        assertThat(questions.due(1_000 * MS)).isNull();
    }

    @Test
    void shouldAskAtTheTimeWishedForLast() {
        // Given
        questions.later(LIMITS, REQUEST, 10, 0);
        questions.later(LIMITS, REQUEST, 50, 0);
        assertThat(questions.due(49 * MS)).isNull();
        questions.later(LIMITS, REQUEST, 5, 49 * MS);

        // When
        Request question = questions.due(54 * MS);

        // Then
        assertThat(question).isNotNull();
        assertThat(questions.due(1_000 * MS)).isNull();
        assertThat(questions.asked()).isEqualTo(1);
    }

    @Test
    void shouldForgetWhatIsTooMuch() {
        // Given
        questions.later(1, REQUEST, 10, 0);
        questions.later(2, REQUEST, 10, 0);
        questions.later(3, REQUEST, 10, 0);

        // When
        int asked = 0;
        while (questions.due(20 * MS) != null) {
            asked++;
        }

        // Then
        assertThat(asked).isEqualTo(2);
    }
}
