package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hexagraph: thirty requests a minute and 1,000 a day for each address, and a page that tells both. */
class HexagraphIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOO_MANY = 429;

    @RegisterExtension
    static final VendorApi HEXAGRAPH = VendorApi.of("hexagraph");

    private final Caller caller = HEXAGRAPH.caller();

    @Test
    void shouldServeThirtyRequestsAMinuteOfEachAddress() throws Exception {
        // When: REST and GraphQL, with one key or another
        HEXAGRAPH.at("12:00:40");
        int served = caller.with("token", "k1").served(15, "POST", "/graphql", TOO_MANY);
        served += caller.with("token", "k2").served(25, "GET", "/outputs?per_page=5", TOO_MANY);

        // Then
        assertThat(served).isEqualTo(30);
        HttpResponse<String> next = caller.get("/authors/1");
        assertThat(next.statusCode()).isEqualTo(TOO_MANY);
        assertThat(next.headers().firstValue("retry-after")).contains("20");
        assertThat(HEXAGRAPH.caller().get("/authors/1").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldCountAGraphQlRequestOnceWhateverItAsksFor() throws Exception {
        // When
        String query = "{\"query\":\"{ output(id: 1) { title authors { name institutions { name } } } }\"}";
        assertThat(caller.post("/graphql", query).statusCode()).isEqualTo(200);

        // Then
        assertThat(HEXAGRAPH.upstream().last().body()).isEqualTo(query);
        assertThat(caller.usage()).isEqualTo(Map.of("per-ip.minute", 1L, "per-ip.day", 1L));
    }

    @Test
    void shouldRejectUntilTheWindowResets() throws Exception {
        // Given
        caller.served(31, "GET", "/outputs", TOO_MANY);

        // Then
        HEXAGRAPH.at("12:00:59.999");
        assertThat(caller.get("/outputs").statusCode()).isEqualTo(TOO_MANY);
        HEXAGRAPH.at("12:01:00");
        assertThat(caller.get("/outputs").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTrackMinuteAndDayIndependently() throws Exception {
        // Given: never more than twenty a minute
        for (int minute = 0; minute < 50; minute++) {
            assertThat(caller.served(20, "GET", "/outputs", TOO_MANY)).isEqualTo(20);
            HEXAGRAPH.later(Duration.ofMinutes(1));
        }

        // When
        HttpResponse<String> next = caller.get("/outputs");

        // Then: the day is exhausted, the minute is not
        assertThat(next.statusCode()).isEqualTo(TOO_MANY);
        assertThat(next.headers().firstValue("retry-after"))
                .contains(Long.toString(Duration.ofMinutes(11 * 60 + 10).toSeconds()));
        assertThat(caller.usage()).isEqualTo(Map.of("per-ip.minute", 0L, "per-ip.day", 1_000L));
        HEXAGRAPH.at("2026-01-02T00:00:00Z");
        assertThat(caller.get("/outputs").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTellUsageAsDocumented() throws Exception {
        // Given
        caller.served(20, "GET", "/outputs", TOO_MANY);
        HEXAGRAPH.at("12:01:00");
        caller.served(15, "POST", "/graphql", TOO_MANY);
        HEXAGRAPH.at("12:02:00");
        caller.served(12, "GET", "/outputs", TOO_MANY);

        // When
        HttpResponse<String> answer = caller.get("/rate-limit");

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(JSON.readTree(answer.body())).isEqualTo(JSON.readTree("""
                {
                "rateLimit": {
                "minute": {
                "current": 12,
                "limit": 30
                },
                "day": {
                "current": 47,
                "limit": 1000
                }
                }
                }
                """));
        assertThat(answer.body().replaceAll("\\s", ""))
                .isEqualTo("{\"rateLimit\":{\"minute\":{\"current\":12,\"limit\":30},"
                        + "\"day\":{\"current\":47,\"limit\":1000}}}");
    }

    @Test
    void shouldTellUsageAtAnyTimeAndNotCountTheQuestion() throws Exception {
        // Given
        String untouched = caller.get("/rate-limit").body();
        assertThat(JSON.readTree(untouched).at("/rateLimit/day/current").asInt())
                .isZero();

        // When: asked more often than any limit allows, before and after it is exhausted
        assertThat(caller.served(40, "GET", "/rate-limit", TOO_MANY)).isEqualTo(40);
        assertThat(caller.served(40, "GET", "/outputs", TOO_MANY)).isEqualTo(30);
        HttpResponse<String> exhausted = caller.get("/rate-limit");

        // Then
        assertThat(exhausted.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(exhausted.body())
                        .at("/rateLimit/minute/current")
                        .asInt())
                .isEqualTo(30);
        assertThat(JSON.readTree(exhausted.body()).at("/rateLimit/day/current").asInt())
                .isEqualTo(30);
        assertThat(HEXAGRAPH.upstream().got()).noneMatch(got -> got.target().equals("/rate-limit"));
    }

    @Test
    void shouldNotCountTheQuestionWhereAnotherServerAnswersIt() throws Exception {
        // When: a server in front asks about each request
        for (int i = 0; i < 31; i++) {
            assertThat(caller.asked("GET", "/rate-limit").statusCode()).isEqualTo(200);
        }
        assertThat(caller.asked("GET", "/outputs").statusCode()).isEqualTo(200);

        // Then
        assertThat(caller.usage()).isEqualTo(Map.of("per-ip.minute", 1L, "per-ip.day", 1L));
    }

    @Test
    void shouldDenyWithTheDocumentedBodyAndNotQueue() throws Exception {
        // Given
        caller.served(30, "GET", "/outputs", TOO_MANY);
        HEXAGRAPH.upstream().forget();

        // When: time stands still, so what waited for the window to reset would wait for ever
        HttpResponse<String> denied = caller.get("/outputs");

        // Then
        assertThat(denied.statusCode()).isEqualTo(TOO_MANY);
        assertThat(denied.headers().firstValue("content-type")).contains("application/json");
        assertThat(JSON.readTree(denied.body())).isEqualTo(JSON.readTree("""
                {
                "error": "Too Many Requests",
                "message": "Rate limit exceeded. Please wait before sending additional requests.",
                "statusCode": 429
                }
                """));
        assertThat(HEXAGRAPH.upstream().got()).isEmpty();
    }
}
