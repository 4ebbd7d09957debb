package io.weir.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.edge.local.LocalCheck;
import io.weir.engine.Request;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.PolicyReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is kept while nothing can be sent: hits are summed where they count in the same windows. */
class BacklogTest {
    private static final long NOON = 1_767_268_800_000L;

    private final FeedCounts counts = new FeedCounts();
    private final Backlog backlog = backlog();

    private Backlog backlog() {
        Registry registry = new Registry();
        registry.apply(PolicyReader.read("policy", """
                policy: example
                rules:
                  - { name: all, key: [token], limits: [10 per second, 100 per minute] }
                  - { name: weighed, match: /weighed, key: [token], hits: attributes.weight, limits: [9 per hour] }
                """));
        LocalCheck check = new LocalCheck(registry, () -> NOON, 1 << 10, UnaryOperator.identity());
        return new Backlog(check.ledger(), counts, 3);
    }

    private static Event event(Event.Kind kind, String path, String token, long time) {
        return new Event(
                new Request(
                        null, time, "example", "GET", path, null, token, null, null, null, null, 2, Map.of(), false, 0),
                null,
                kind);
    }

    private void admit(String token, long time) {
        backlog.add(event(Event.Kind.ADMITTED, "/", token, time));
    }

    private List<String> drained() {
        List<String> drained = new ArrayList<>();
        for (Event event = backlog.poll(); event != null; event = backlog.poll()) {
            Request request = event.request();
            drained.add(event.kind() + " " + request.token() + " " + request.hits() + " at "
                    + (request.timestamp() - NOON));
        }
        return drained;
    }

    @Test
    void shouldSumHitsOfTheSameWindows() {
        // Given
        admit("t1", NOON);
        admit("t2", NOON + 1);
        admit("t1", NOON + 999);

        // When
        admit("t1", NOON + 1_000);

        // Then
        assertThat(drained()).containsExactly("ADMITTED t1 4 at 0", "ADMITTED t2 2 at 1", "ADMITTED t1 2 at 1000");
        assertThat(counts.summed.sum()).isEqualTo(1);
        assertThat(counts.lostHits.sum()).isZero();
    }

    @Test
    void shouldKeepOneByOneWhatMakesNoSenseSummed() {
        // Given
        backlog.add(event(Event.Kind.DENIED, "/", "t1", NOON));
        backlog.add(event(Event.Kind.DENIED, "/", "t1", NOON));

        // When
        backlog.add(event(Event.Kind.ADMITTED, "/weighed", "t1", NOON));

        // Then
        assertThat(backlog.size()).isEqualTo(3);
        assertThat(drained()).containsExactly("DENIED t1 2 at 0", "DENIED t1 2 at 0", "ADMITTED t1 2 at 0");
    }

    @Test
    void shouldSayWhatIsLostWhenItIsFull() {
        // Given
        for (String token : List.of("t1", "t2", "t3")) {
            admit(token, NOON);
            backlog.add(event(Event.Kind.DENIED, "/", token, NOON));
        }

        // When
        admit("t1", NOON);
        admit("t4", NOON);
        backlog.add(event(Event.Kind.DENIED, "/", "t1", NOON));

        // Then
        assertThat(counts.lostHits.sum()).isEqualTo(2);
        assertThat(counts.lostStrikes.sum()).isEqualTo(1);
    }
}
