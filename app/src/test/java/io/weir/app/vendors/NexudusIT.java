package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.gateway.RawHttp;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nexudus: a throttle of several limits, most endpoints with one of their own, some free of the general ones. */
class NexudusIT {
    private static final String COWORKERS = "/api/spaces/coworkers";
    private static final int CONFLICT = 409;

    /** After that time the limit of one request per 100 ms has room again. */
    private static final Duration TICK = Duration.ofMillis(100);

    @RegisterExtension
    static final VendorApi NEXUDUS = VendorApi.of("nexudus");

    private static int tokens;

    private final Caller caller = withNewToken();

    private static Caller withNewToken() {
        tokens++;
        return NEXUDUS.caller().with("token", "token-" + tokens);
    }

    /** One request, 100 ms after the one before. */
    private HttpResponse<String> next(String method, String path) throws Exception {
        NEXUDUS.later(TICK);
        return caller.send(method, path);
    }

    private void assertServed(String method, String path) throws Exception {
        assertThat(next(method, path).statusCode()).as("%s %s", method, path).isEqualTo(200);
    }

    private void assertThrottled(String method, String path, long retryAfter) throws Exception {
        HttpResponse<String> answer = next(method, path);
        assertThat(answer.statusCode()).as("%s %s", method, path).isEqualTo(CONFLICT);
        assertThat(answer.headers().firstValue("Retry-After")).contains(Long.toString(retryAfter));
    }

    @Test
    void shouldThrottleAsDocumented() throws Exception {
        // Given
        caller.get(COWORKERS);
        NEXUDUS.upstream().forget();

        // When: again at the same moment
        String raw = RawHttp.get(
                NEXUDUS.address(),
                COWORKERS,
                "Authorization: Bearer " + caller.identity().get("token"));

        // Then
        String[] lines = raw.split("\r\n", -1);
        assertThat(lines[0]).isEqualTo("HTTP/1.1 409 You must wait before accessing this url again.");
        assertThat(List.of(lines))
                .contains(
                        "Cache-Control: no-cache",
                        "Pragma: no-cache",
                        "Expires: -1",
                        "Retry-After: 1",
                        "Content-Length: 0")
                .anyMatch(line -> line.matches("Date: \\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"))
                .noneMatch(line -> line.startsWith("Content-Type"));
        assertThat(raw).endsWith("\r\n\r\n");
        assertThat(NEXUDUS.upstream().got()).isEmpty();
    }

    @Test
    void shouldServeOneRequestPerHundredMilliseconds() throws Exception {
        // Then
        assertThat(caller.served(5, "GET", COWORKERS, CONFLICT)).isEqualTo(1);
        NEXUDUS.at("12:00:00.099");
        assertThat(caller.send("POST", "/api/content/faqarticles").statusCode()).isEqualTo(CONFLICT);
        NEXUDUS.at("12:00:00.100");
        assertThat(caller.served(5, "GET", COWORKERS, CONFLICT)).isEqualTo(1);
        assertThat(withNewToken().get(COWORKERS).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void shouldCountEveryMethodTowardsTheGeneralLimits(String method) throws Exception {
        // Given
        caller.used(119, "GET", COWORKERS);

        // Then
        assertServed(method, "/api/content/faqarticles");
        assertThat(next("GET", COWORKERS).statusCode()).isEqualTo(CONFLICT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # endpoint                                   | method | limit  | window in s | wait in s
            /api/spaces/coworkers                        | POST   | 60     | 60          | 60
            /api/spaces/coworkers                        | PUT    | 60     | 60          | 60
            /api/spaces/coworkers                        | DELETE | 60     | 60          | 60
            /api/spaces/coworkers                        | GET    | 120    | 60          | 60
            /api/spaces/checkin                          | POST   | 60     | 60          | 60
            /api/spaces/checkin                          | PUT    | 60     | 60          | 60
            /api/spaces/checkin                          | DELETE | 60     | 60          | 60
            /api/Spaces/CoworkerPricePlanHistories       | GET    | 1      | 10          | 10
            /api/Sys/AuditTrailEntries                   | GET    | 1      | 60          | 60
            /api/sys/users/requestPasswordReset          | POST   | 10     | 60          | 60
            /api/sys/users/resetPassword                 | POST   | 10     | 60          | 60
            /api/spaces/bookings                         | GET    | 10     | 60          | 60
            /api/billing/proposals/runcommand            | POST   | 10     | 60          | 60
            /api/billing/coworkercontracts/runcommand    | POST   | 10     | 60          | 60
            /api/billing/coworkerinvoices/runcommand     | POST   | 10     | 60          | 60
            /api/nexpos/validatepin                      | GET    | 60     | 60          | 60
            /api/public/checkin                          | GET    | 60     | 60          | 60
            /api/spaces/bigquery/pushall                 | POST   | 1      | 720         | 720
            /billing/bigquery/pushall                    | GET    | 1      | 720         | 720
            /api/integrations/openai                     | POST   | 12     | 60          | 60
            /api/sys/users/sendmagiclink                 | POST   | 12     | 60          | 60
            """)
    void shouldLimitEachEndpoint(String path, String method, int limit, int window, int wait) throws Exception {
        // Given
        if (limit > 1) {
            caller.used(limit - 1, method, path);
        }

        // Then: all of it and no more
        assertServed(method, path);
        assertThrottled(method, path, wait);

        // Then: until the window ends, whatever is below the endpoint
        NEXUDUS.at("12:00:00");
        NEXUDUS.later(Duration.ofSeconds(window).minus(Duration.ofMillis(101)));
        assertThrottled(method, path + "/7", 1);
        NEXUDUS.at("12:00:00");
        NEXUDUS.later(Duration.ofSeconds(window).minus(TICK));
        assertServed(method, path);
    }

    @Test
    void shouldLimitModifyingRequestsOfAllEndpointsTogether() throws Exception {
        // Given
        caller.used(30, "POST", COWORKERS);
        caller.used(29, "DELETE", "/api/content/faqarticles/1");

        // Then
        assertServed("GET", COWORKERS);
        assertServed("PUT", "/api/crm/crmboards");
        assertThrottled("PUT", "/api/crm/crmboards", 60);
        assertServed("GET", COWORKERS);
    }

    @Test
    void shouldLimitModifyingRequestsOfADayExceptCheckIns() throws Exception {
        // Given: at midnight
        NEXUDUS.at("00:00:00");
        caller.used(4_999, "POST", COWORKERS);
        caller.used(60, "POST", "/api/spaces/checkin");

        // Then: in the middle of the day
        NEXUDUS.at("12:00:00");
        assertServed("POST", COWORKERS);
        assertThrottled("POST", COWORKERS, Duration.ofHours(12).toSeconds());
        assertThrottled("DELETE", COWORKERS + "/1", Duration.ofHours(12).toSeconds());
        assertServed("POST", "/api/spaces/checkin");
        assertServed("PUT", "/api/spaces/checkin/1");
        assertServed("GET", COWORKERS);
        NEXUDUS.at("2026-01-02T00:00:00Z");
        assertServed("POST", COWORKERS);
    }

    @Test
    void shouldLimitTheRequestsOfAnHour() throws Exception {
        // Given
        caller.used(4_999, "GET", COWORKERS);

        // Then
        NEXUDUS.at("12:20:00");
        assertServed("GET", COWORKERS);
        assertThrottled("GET", COWORKERS, Duration.ofMinutes(40).toSeconds());
        NEXUDUS.at("13:00:00");
        assertServed("GET", COWORKERS);
    }

    @Test
    void shouldLimitTheRequestsOfADay() throws Exception {
        // Given
        NEXUDUS.at("06:00:00");
        caller.used(199_999, "GET", COWORKERS);

        // Then
        NEXUDUS.at("18:00:00");
        assertServed("GET", COWORKERS);
        assertThrottled("GET", COWORKERS, Duration.ofHours(6).toSeconds());
        NEXUDUS.at("2026-01-02T00:00:00Z");
        assertServed("GET", COWORKERS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/public",
                "/api/auth",
                "/api/sys/users/validate",
                "/api/sys/users/validatetoken",
                "/api/sys/users/token",
                "/api/business"
            })
    void shouldExcludeEndpointsFromTheGeneralLimits(String path) throws Exception {
        // Given: nothing is left of the minute, the hour and the day
        caller.used(200_000, "GET", COWORKERS);
        assertThat(next("GET", COWORKERS).statusCode()).isEqualTo(CONFLICT);

        // Then: many at one moment, below the endpoint and in any case too
        assertThat(caller.served(20, "GET", path, CONFLICT)).isEqualTo(20);
        assertThat(caller.served(20, "GET", path + "/1", CONFLICT)).isEqualTo(20);
        assertThat(caller.served(20, "GET", path.toUpperCase(Locale.ROOT), CONFLICT))
                .isEqualTo(20);
    }

    @Test
    void shouldNotChargeExcludedRequestsToTheGeneralLimits() throws Exception {
        // Given
        caller.served(20, "GET", "/api/public/resources", CONFLICT);
        caller.served(20, "GET", "/api/business/settings", CONFLICT);

        // When
        assertServed("GET", COWORKERS);

        // Then
        assertThat(caller.usage())
                .containsEntry("general-100ms.100ms", 1L)
                .containsEntry("general.minute", 1L)
                .containsEntry("general.hour", 1L)
                .containsEntry("general.day", 1L);
    }

    @Test
    void shouldExcludeUsersFromTheHundredMillisecondsOnly() throws Exception {
        // Then
        assertThat(caller.served(20, "GET", "/api/spaces/users", CONFLICT)).isEqualTo(20);
        assertThat(caller.served(20, "GET", "/api/spaces/users/7", CONFLICT)).isEqualTo(20);
        assertThat(caller.served(100, "GET", "/api/spaces/users", CONFLICT)).isEqualTo(80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/public", "/api/auth", "/api/sys/users/token"})
    void shouldKeepTheBaseLimitOfModifyingRequestsWhereOnlyTheGeneralOnesAreExcluded(String path) throws Exception {
        // Given
        caller.used(59, "POST", path);

        // Then
        assertServed("POST", path);
        assertThrottled("POST", path, 60);
    }

    @Test
    void shouldExcludeBusinessFromEveryOtherThreshold() throws Exception {
        // Then: no base limit, neither of the minute nor of the day
        caller.used(5_000, "POST", "/api/business");
        assertThat(caller.served(70, "POST", "/api/business/settings", CONFLICT))
                .isEqualTo(70);
        assertServed("POST", COWORKERS);
    }

    @Test
    void shouldLimitAuditTrailEntriesByTenSecondsAndByTheMinute() throws Exception {
        // When
        assertServed("GET", "/api/Sys/AuditTrailEntries");

        // Then: ten seconds later the minute still denies
        assertThat(caller.usage())
                .containsEntry("audit-trail-entries.10 seconds", 1L)
                .containsEntry("audit-trail-entries.minute", 1L);
        NEXUDUS.at("12:00:10");
        assertThat(next("GET", "/api/Sys/AuditTrailEntries").statusCode()).isEqualTo(CONFLICT);
        assertThat(caller.usage()).containsEntry("audit-trail-entries.10 seconds", 0L);
    }

    @Test
    void shouldHaveTwoSettingsForResetPassword() throws Exception {
        // Given
        caller.used(9, "POST", "/api/sys/users/resetpassword");

        // Then: ten bind, both are counted, each by itself
        assertServed("POST", "/api/sys/users/resetPassword");
        assertThrottled("POST", "/api/sys/users/resetpassword", 60);
        assertThat(caller.usage())
                .containsEntry("reset-password.minute", 10L)
                .containsEntry("resetpassword.minute", 10L);
        assertServed("POST", "/api/sys/users/requestPasswordReset");
    }

    @Test
    void shouldLimitAnEndpointWhateverTheMethod() throws Exception {
        // Given
        List<String> methods = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
        for (String method : Stream.concat(methods.stream(), methods.stream()).toList()) {
            assertServed(method, "/api/spaces/bookings");
        }

        // Then
        for (String method : methods) {
            assertThat(next(method, "/api/spaces/bookings").statusCode()).isEqualTo(CONFLICT);
        }
        assertServed("GET", COWORKERS);
    }

    @Test
    void shouldReadRoutesWithoutRegardToCase() throws Exception {
        // When
        assertServed("GET", "/API/SPACES/BOOKINGS");
        assertServed("GET", "/api/Spaces/Bookings/");

        // Then
        assertThat(caller.usage()).containsEntry("bookings.minute", 2L);
    }

    @Test
    void shouldCountAllBigQueryPushesTogether() throws Exception {
        // When
        assertServed("POST", "/api/spaces/bigquery/pushall");

        // Then
        assertThrottled("POST", "/api/billing/bigquery/pushall", 720);
    }

    @Test
    void shouldChargeNothingForWhatIsThrottled() throws Exception {
        // Given
        caller.served(50, "POST", COWORKERS, CONFLICT);

        // Then
        assertThat(caller.usage()).containsEntry("modifying-minute.minute", 1L).containsEntry("general.day", 1L);
    }
}
