package io.weir.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.edge.Unanswered.Cause;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Requests that await their decision: why some get none. */
class AwaitedTest {
    private static final long PATIENCE = 1_000;

    private final Awaited awaited = new Awaited(3, PATIENCE, AwaitedTest::unavailable);

    private static Request request(String id) {
        return new Request(id, 0, "example", "GET", "/", null, "t", null, null, null, null, 1, Map.of(), false, 0);
    }

    private static Decision unavailable(Request request) {
        return Decision.unavailable(request.requestId(), request.domain(), request.timestamp(), true);
    }

    private Awaited.Waiting waits(String id, long since) {
        return Objects.requireNonNull(awaited.add(request(id), since));
    }

    private Map<Cause, Long> counted() {
        return Arrays.stream(Cause.values())
                .filter(cause -> awaited.unanswered().sum(cause) > 0)
                .collect(Collectors.toMap(Function.identity(), awaited.unanswered()::sum));
    }

    @Test
    void shouldTellWhyThereWasNoDecision() {
        // Given
        Awaited.Waiting late = waits("late", 0);
        Awaited.Waiting refused = waits("refused", 1);
        Awaited.Waiting left = waits("left", 2);

        // When
        Awaited.Waiting one = awaited.add(request("too many"), 2);
        awaited.expire(PATIENCE);
        awaited.giveUp(refused, Cause.QUEUE);
        awaited.giveUpAll();

        // Then
        assertThat(one).isNull();
        assertThat(late.future()).isCompletedWithValue(unavailable(request("late")));
        assertThat(left.future()).isCompletedWithValue(unavailable(request("left")));
        assertThat(counted())
                .isEqualTo(Map.of(Cause.WAITING, 1L, Cause.TIMEOUT, 1L, Cause.QUEUE, 1L, Cause.CLOSED, 1L));
    }

    @Test
    void shouldNotCountWhoWasAnswered() {
        // Given
        Awaited.Waiting waiting = waits("r", 0);
        Awaited.Waiting twin = waits("r", 0);

        // When
        awaited.complete(Decision.unavailable("r", "example", 0, false));
        awaited.expire(PATIENCE);

        // Then
        assertThat(waiting.future()).isCompleted();
        assertThat(twin.future()).isCompleted();
        assertThat(counted()).isEmpty();
    }
}
