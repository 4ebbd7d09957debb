package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the machine's own clock does to limits; everything else about the vendors is tried on driven time. */
class RealTimeIT {
    @RegisterExtension
    static final VendorApi HEXAGRAPH = VendorApi.onRealTime("hexagraph");

    @Test
    void shouldLimitByTheMachinesClock() throws Exception {
        // When: even if a minute ends in between, more than two minutes allow
        List<HttpResponse<String>> answers = HEXAGRAPH.caller().burst(100, "GET", "/outputs");

        // Then
        List<HttpResponse<String>> denied =
                answers.stream().filter(answer -> answer.statusCode() == 429).toList();
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSizeGreaterThanOrEqualTo(30);
        assertThat(denied)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(
                                answer.headers().firstValue("retry-after").map(Integer::valueOf))
                        .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(1, 60)));
    }
}
