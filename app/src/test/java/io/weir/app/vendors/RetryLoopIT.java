package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.gateway.EchoUpstream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The retry loops that vendors publish for their clients, run by Node and Python: they back off as told, then succeed. */
class RetryLoopIT {
    @RegisterExtension
    static final VendorApi ONBOARDING_HUB = VendorApi.of("onboardinghub");

    @RegisterExtension
    static final VendorApi NEXUDUS = VendorApi.onRealTime("nexudus");

    @ParameterizedTest
    @ValueSource(strings = {"onboardinghub-retry.mjs", "onboardinghub-retry.py"})
    void shouldServeOnboardingHubsLoopWhenItHasWaited(String script) throws Exception {
        // Given: the minute's sixty are used, a second before it ends
        ONBOARDING_HUB.at("12:00:59");
        ONBOARDING_HUB.upstream().answers(exchange -> EchoUpstream.answer(exchange, 200, "{\"guides\":[]}"));
        Caller caller = ONBOARDING_HUB.caller().with("token", "looping-" + script);
        caller.used(60, "GET", "/api/v1/guides");
        try (ClientScript loop =
                ClientScript.start(script, ONBOARDING_HUB.url("/api/v1/guides"), "looping-" + script)) {
            // When: it is told to wait, and while it does the minute ends
            String first = loop.line();
            ONBOARDING_HUB.at("12:01:00");

            // Then
            assertThat(first).isEqualTo("429 1");
            assertThat(loop.rest()).containsExactly("200 -", "{\"guides\":[]}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onboardinghub-retry.mjs", "onboardinghub-retry.py"})
    void shouldTellOnboardingHubsLoopHowLongItHasToGoOnWaiting(String script) throws Exception {
        // Given
        ONBOARDING_HUB.at("12:00:58");
        Caller caller = ONBOARDING_HUB.caller().with("token", "impatient-" + script);
        caller.used(60, "GET", "/api/v1/guides");
        ONBOARDING_HUB.upstream().answers(exchange -> EchoUpstream.answer(exchange, 200, "{}"));
        try (ClientScript loop =
                ClientScript.start(script, ONBOARDING_HUB.url("/api/v1/guides"), "impatient-" + script)) {
            // When: after its two seconds only one has passed here
            String first = loop.line();
            ONBOARDING_HUB.at("12:00:59");
            String second = loop.line();
            ONBOARDING_HUB.at("12:01:00");

            // Then
            assertThat(List.of(first, second)).containsExactly("429 2", "429 1");
            assertThat(loop.rest()).containsExactly("200 -", "{}");
        }
    }

    /** On real time: several at once, of which one is served per 100 ms. */
    @Test
    void shouldServeNexudussLoopsWhenTheyHaveWaited() throws Exception {
        // When
        try (ClientScript loops =
                ClientScript.start("nexudus-retry.mjs", NEXUDUS.url("/api/spaces/coworkers"), "looping")) {
            List<String> lines = loops.rest();

            // Then
            String summary = lines.get(lines.size() - 1);
            List<String> answers = lines.subList(0, lines.size() - 1);
            String made = summary.substring(0, summary.indexOf(' '));
            assertThat(summary).isEqualTo(made + " made, " + made + " served");
            assertThat(answers).contains("409 1").containsOnly("409 1", "200 -");
            assertThat(answers).filteredOn("200 -"::equals).hasSize(Integer.parseInt(made));
        }
    }
}
