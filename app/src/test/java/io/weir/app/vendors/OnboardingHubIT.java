package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import io.weir.app.gateway.EchoUpstream;
import io.weir.app.gateway.RawHttp;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OnboardingHub: sixty requests a minute and 500 an hour for each token; who does not stop is locked out for an hour. */
class OnboardingHubIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/api/v1/guides";
    private static final int TOO_MANY = 429;
    private static final int FORBIDDEN = 403;

    @RegisterExtension
    static final VendorApi ONBOARDING_HUB = VendorApi.of("onboardinghub");

    private static int tokens;

    private final Caller caller = withNewToken(ONBOARDING_HUB.caller());

    private static Caller withNewToken(Caller caller) {
        tokens++;
        return caller.with("token", "token-" + tokens);
    }

    /** Limit, remaining and reset as an answer's headers tell them. */
    private static List<String> rateLimit(HttpResponse<String> answer) {
        return List.of(
                answer.headers().firstValue("X-RateLimit-Limit").orElse("none"),
                answer.headers().firstValue("X-RateLimit-Remaining").orElse("none"),
                answer.headers().firstValue("X-RateLimit-Reset").orElse("none"));
    }

    private static String unix(String time) {
        return VendorApi.unixSeconds(time);
    }

    /** Uses up the minute of the caller's token, then is throttled so many times, one after the other. */
    private static void throttled(Caller caller, int times) throws Exception {
        assertThat(caller.served(60, "GET", PATH, TOO_MANY)).isEqualTo(60);
        for (int i = 0; i < times; i++) {
            assertThat(caller.get(PATH).statusCode()).as("throttle %s", i + 1).isEqualTo(TOO_MANY);
        }
    }

    @Test
    void shouldServeSixtyRequestsAMinuteOfEachToken() throws Exception {
        // When
        int served = caller.served(65, "GET", PATH, TOO_MANY);

        // Then: another token of the same client has limits of its own
        assertThat(served).isEqualTo(60);
        assertThat(withNewToken(caller).served(60, "GET", PATH, TOO_MANY)).isEqualTo(60);
        assertThat(caller.get(PATH).statusCode()).isEqualTo(TOO_MANY);
        ONBOARDING_HUB.at("12:01:00");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldServeFiveHundredRequestsAnHourOfEachToken() throws Exception {
        // Given
        for (int minute = 0; minute < 10; minute++) {
            assertThat(caller.served(50, "GET", PATH, TOO_MANY)).isEqualTo(50);
            ONBOARDING_HUB.later(Duration.ofMinutes(1));
        }

        // When
        HttpResponse<String> next = caller.get(PATH);

        // Then: the hour is exhausted, the minute is not
        assertThat(next.statusCode()).isEqualTo(TOO_MANY);
        assertThat(next.headers().firstValue("Retry-After")).contains("3000");
        assertThat(rateLimit(next)).containsExactly("500", "0", unix("2026-01-01T13:00:00Z"));
        assertThat(caller.usage()).isEqualTo(Map.of("per-token.minute", 0L, "per-token.hour", 500L));
        assertThat(withNewToken(caller).get(PATH).statusCode()).isEqualTo(200);
        ONBOARDING_HUB.at("13:00:00");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldShareTheLimitsAmongTheApiAndTheMcpEndpoint() throws Exception {
        // When
        int served = caller.served(40, "POST", "/mcp", TOO_MANY);
        served += caller.served(15, "DELETE", "/api/v1/webhooks/1", TOO_MANY);

        // Then
        assertThat(served).isEqualTo(55);
        assertThat(caller.served(10, "GET", PATH, TOO_MANY)).isEqualTo(5);
    }

    @Test
    void shouldTellTheDocumentedHeadersOnSuccess() throws Exception {
        // Given
        ONBOARDING_HUB.at("2024-02-09T00:00:15Z");
        caller.get(PATH);

        // When
        HttpResponse<String> second = caller.get(PATH);

        // Then
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(rateLimit(second)).containsExactly("60", "58", "1707436860");
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 404, 422, 500})
    void shouldTellTheHeadersWhateverTheApiAnswers(int status) throws Exception {
        // Given
        ONBOARDING_HUB.upstream().answers(exchange -> EchoUpstream.answer(exchange, status, ""));

        // When
        HttpResponse<String> answer = caller.send("POST", PATH);

        // Then
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(rateLimit(answer)).containsExactly("60", "59", unix("2026-01-01T12:01:00Z"));
    }

    @Test
    void shouldTellTheHeadersWhileTheApiIsAway() throws Exception {
        // Given
        ONBOARDING_HUB.upstream().answers(HttpExchange::close);

        // When
        HttpResponse<String> answer = caller.send("POST", PATH);

        // Then
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(rateLimit(answer)).containsExactly("60", "59", unix("2026-01-01T12:01:00Z"));
    }

    @Test
    void shouldTellOfTheWindowThatEndsFirstInRequests() throws Exception {
        // Given: 470 of the hour's 500 are used
        for (int minute = 0; minute < 10; minute++) {
            caller.served(47, "GET", PATH, TOO_MANY);
            ONBOARDING_HUB.later(Duration.ofMinutes(1));
        }

        // When
        HttpResponse<String> next = caller.get(PATH);

        // Then
        assertThat(rateLimit(next)).containsExactly("500", "29", unix("2026-01-01T13:00:00Z"));
    }

    @Test
    void shouldDenyAsDocumented() throws Exception {
        // Given
        assertThat(caller.served(60, "GET", PATH, TOO_MANY)).isEqualTo(60);

        // When
        HttpResponse<String> denied = caller.get(PATH);
        String raw = RawHttp.get(
                ONBOARDING_HUB.address(),
                PATH,
                "Authorization: Bearer " + caller.identity().get("token"));

        // Then
        assertThat(denied.statusCode()).isEqualTo(TOO_MANY);
        assertThat(denied.headers().firstValue("Retry-After")).contains("60");
        assertThat(denied.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(rateLimit(denied)).containsExactly("60", "0", unix("2026-01-01T12:01:00Z"));
        assertThat(JSON.readTree(denied.body())).isEqualTo(JSON.readTree("""
                {
                "error": {
                "type": "rate_limited",
                "message": "Too many requests. Please retry later."
                }
                }
                """));
        assertThat(RawHttp.statusLine(raw)).isEqualTo("HTTP/1.1 429 Too Many Requests");
    }

    @Test
    void shouldCountDownToTheTruthInRetryAfter() throws Exception {
        // Given
        caller.served(60, "GET", PATH, TOO_MANY);

        // Then
        ONBOARDING_HUB.at("12:00:37.500");
        assertThat(caller.get(PATH).headers().firstValue("Retry-After")).contains("23");
        ONBOARDING_HUB.at("12:00:59.999");
        assertThat(caller.get(PATH).headers().firstValue("Retry-After")).contains("1");
        ONBOARDING_HUB.at("12:01:00");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldLockOutAnAddressForAnHourAfterTenThrottlesInAMinute() throws Exception {
        // Given: the tenth is still told to wait
        ONBOARDING_HUB.at("12:00:20");
        throttled(caller, 10);
        ONBOARDING_HUB.awaitBlock(caller);
        ONBOARDING_HUB.upstream().forget();

        // When
        HttpResponse<String> sameToken = caller.get(PATH);
        HttpResponse<String> anotherToken = withNewToken(caller).send("POST", "/mcp");
        HttpResponse<String> noToken = Caller.at(
                        ONBOARDING_HUB, String.valueOf(caller.identity().get("ip")))
                .get("/login");

        // Then: whatever it asks for
        for (HttpResponse<String> answer : List.of(sameToken, anotherToken, noToken)) {
            assertThat(answer.statusCode()).isEqualTo(FORBIDDEN);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(JSON.readTree(answer.body())).isEqualTo(JSON.readTree("""
                    {
                    "error": "Access denied. Your IP has been temporarily blocked due to excessive requests."
                    }
                    """));
        }
        assertThat(ONBOARDING_HUB.upstream().got()).isEmpty();

        // Then: for an hour, whatever the minute
        ONBOARDING_HUB.at("13:00:19.999");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(FORBIDDEN);
        ONBOARDING_HUB.at("13:00:20");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(200);
        assertThat(withNewToken(caller).get(PATH).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTellTheHeadersToWhoIsLockedOut() throws Exception {
        // Given
        ONBOARDING_HUB.at("12:00:20");
        throttled(caller, 10);
        ONBOARDING_HUB.awaitBlock(caller);

        // When
        HttpResponse<String> answer = caller.get(PATH);

        // Then: nothing is allowed until the hour is over
        assertThat(answer.statusCode()).isEqualTo(FORBIDDEN);
        assertThat(rateLimit(answer)).containsExactly("0", "0", unix("2026-01-01T13:00:20Z"));
        String raw = RawHttp.get(
                ONBOARDING_HUB.address(),
                PATH,
                "X-Forwarded-For: " + caller.identity().get("ip"));
        assertThat(RawHttp.statusLine(raw)).isEqualTo("HTTP/1.1 403 Forbidden");
    }

    @Test
    void shouldLockOutTheAddressNotTheToken() throws Exception {
        // Given
        throttled(caller, 10);
        ONBOARDING_HUB.awaitBlock(caller);
        ONBOARDING_HUB.at("12:01:00");

        // When
        Caller elsewhere = ONBOARDING_HUB
                .caller()
                .with("token", String.valueOf(caller.identity().get("token")));

        // Then
        assertThat(caller.get(PATH).statusCode()).isEqualTo(FORBIDDEN);
        assertThat(elsewhere.get(PATH).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldAddUpTheThrottlesOfAllTokensOfAnAddress() throws Exception {
        // When
        Caller another = withNewToken(caller);
        throttled(caller, 5);
        throttled(another, 5);

        // Then
        ONBOARDING_HUB.awaitBlock(caller);
        assertThat(another.get(PATH).statusCode()).isEqualTo(FORBIDDEN);
    }

    @Test
    void shouldNotLockOutAfterNineThrottlesAMinute() throws Exception {
        // When: nine in each of three minutes
        for (int minute = 0; minute < 3; minute++) {
            ONBOARDING_HUB.at("12:0" + minute + ":30");
            throttled(caller, 9);
        }

        // Then: the address that earned its block after that has it, this one has none
        Caller other = withNewToken(ONBOARDING_HUB.caller());
        throttled(other, 10);
        ONBOARDING_HUB.awaitBlock(other);
        ONBOARDING_HUB.at("12:03:00");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldPassRequestsWithoutATokenUncounted() throws Exception {
        // Given: the API refuses who has no token
        ONBOARDING_HUB.upstream().answers(exchange -> EchoUpstream.answer(exchange, 401, ""));
        Caller stranger = ONBOARDING_HUB.caller();

        // When
        List<HttpResponse<String>> answers = stranger.burst(70, "GET", PATH);

        // Then
        assertThat(answers).allMatch(answer -> answer.statusCode() == 401);
        assertThat(rateLimit(answers.get(0))).containsOnly("none");
    }
}
