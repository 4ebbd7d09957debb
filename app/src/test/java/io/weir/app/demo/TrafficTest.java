package io.weir.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Request;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final int MINUTE = 60 * 500;

    @Test
    void shouldBeTheSameForTheSameSeed() {
        assertThat(requests(7)).isEqualTo(requests(7)).isNotEqualTo(requests(8));
    }

    @Test
    void shouldCoverEveryDomainWithFewClientsOverSixtyAMinute() {
        // When
        Map<String, Map<String, Long>> perToken = requests(1).stream()
                .collect(Collectors.groupingBy(
                        Request::domain,
                        Collectors.groupingBy(request -> String.valueOf(request.token()), Collectors.counting())));

        // Then
        assertThat(perToken).containsOnlyKeys("hexnode", "hexagraph", "tagoio", "onboardinghub", "nexudus");
        assertThat(perToken.values())
                .allSatisfy(counts -> assertThat(counts.values().stream().filter(count -> count > 60))
                        .hasSizeBetween(3, 20));
    }

    @Test
    void shouldSpreadTimeEvenly() {
        List<Request> requests = requests(1);
        assertThat(requests.get(0).timestamp()).isZero();
        assertThat(requests.get(MINUTE - 1).timestamp()).isEqualTo(59_998);
        assertThat(requests).isSortedAccordingTo((a, b) -> Long.compare(a.timestamp(), b.timestamp()));
    }

    @Test
    void shouldKnowThePlanAndTheDevicesOfEveryClient() {
        assertThat(new Traffic(1, 0, 1).entities())
                .hasSize(2 * 2_003)
                .allSatisfy(entity -> assertThat(entity.attributes()).hasSize(1));
    }

    private static List<Request> requests(long seed) {
        Traffic traffic = new Traffic(seed, 0, 500);
        return Stream.generate(traffic::next).limit(MINUTE).collect(Collectors.toList());
    }
}
