package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.gateway.RawHttp;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hexnode: ten calls a day for each managed device, in one pool, and thirty a minute. */
class HexnodeIT {
    private static final String PATH = "/api/v1/devices/";
    private static final int TOO_MANY = 429;

    @RegisterExtension
    static final VendorApi HEXNODE = VendorApi.of("hexnode");

    private String account = "";
    private Caller caller = HEXNODE.caller();

    /** An account of its own with 100 managed devices. */
    @BeforeEach
    void enrolHundredDevices(TestInfo test) {
        account = test.getTestMethod().orElseThrow().getName();
        HEXNODE.entity("account", account, "--attribute", "devices=100");
        caller = HEXNODE.caller().with("account", account);
    }

    /** Calls of up to thirty a minute, from now on, until as many have been served. */
    private void serve(int calls) throws Exception {
        for (int left = calls; left > 0; left -= 30) {
            int served = caller.served(Math.min(30, left), "GET", PATH, TOO_MANY);
            assertThat(served).isEqualTo(Math.min(30, left));
            HEXNODE.later(Duration.ofMinutes(1));
        }
    }

    @Test
    void shouldServeTenCallsADayForEachOfHundredDevices() throws Exception {
        // Given
        HEXNODE.at("09:00:00");
        serve(1_000);

        // When
        HttpResponse<String> next = caller.get(PATH);

        // Then: until midnight
        assertThat(next.statusCode()).isEqualTo(TOO_MANY);
        long untilMidnight =
                Duration.ofHours(15).toSeconds() - Duration.ofMinutes(34).toSeconds();
        assertThat(next.headers().firstValue("retry-after")).contains(Long.toString(untilMidnight));
        HEXNODE.at("23:59:59.999");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(TOO_MANY);
        HEXNODE.at("2026-01-02T00:00:00Z");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(200);
        assertThat(caller.usage()).isEqualTo(Map.of("daily-allowance.day", 1L, "minute-rate.minute", 1L));
    }

    @Test
    void shouldServeThirtyCallsAMinute() throws Exception {
        // When
        HEXNODE.at("12:00:10");
        int served = caller.served(40, "GET", PATH, TOO_MANY);

        // Then: until the minute ends
        assertThat(served).isEqualTo(30);
        HttpResponse<String> next = caller.get(PATH);
        assertThat(next.statusCode()).isEqualTo(TOO_MANY);
        assertThat(next.headers().firstValue("retry-after")).contains("50");
        HEXNODE.at("12:01:00");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldAnswerTooManyRequests() throws Exception {
        // Given
        caller.served(30, "GET", PATH, TOO_MANY);

        // When
        String raw = RawHttp.get(HEXNODE.address(), PATH, "X-Account-Id: " + account);

        // Then
        assertThat(RawHttp.statusLine(raw)).isEqualTo("HTTP/1.1 429 Too Many Requests");
        assertThat(raw).contains("\r\nRetry-After: 60\r\n", "\r\nContent-Length: 0\r\n");
    }

    @Test
    void shouldTrackBothAndChargeNothingForWhatIsDenied() throws Exception {
        // When
        caller.served(40, "GET", PATH, TOO_MANY);
        HEXNODE.at("12:01:00");
        caller.served(5, "POST", PATH, TOO_MANY);

        // Then
        assertThat(caller.usage()).isEqualTo(Map.of("daily-allowance.day", 35L, "minute-rate.minute", 5L));
    }

    @Test
    void shouldLetCallsBeSpreadOverDevicesInAnyWay() throws Exception {
        // When: twenty calls for one device, none for another, one each for ten more
        int served = caller.with("device", "device-1").served(20, "GET", PATH + "1/", TOO_MANY);
        for (int device = 3; device < 13; device++) {
            served += caller.with("device", "device-" + device).served(1, "GET", PATH + device + "/", TOO_MANY);
        }

        // Then: all count towards the account
        assertThat(served).isEqualTo(30);
        assertThat(caller.usage()).containsEntry("daily-allowance.day", 30L);
        assertThat(caller.with("device", "device-2").get(PATH).statusCode()).isEqualTo(TOO_MANY);
    }

    @Test
    void shouldKeepAccountsApart() throws Exception {
        // Given
        caller.served(31, "GET", PATH, TOO_MANY);

        // When
        HEXNODE.entity("account", account + "-2", "--attribute", "devices=1");
        Caller another = caller.with("account", account + "-2");

        // Then: ten calls a day for its one device
        assertThat(another.served(20, "GET", PATH, TOO_MANY)).isEqualTo(10);
    }

    @Test
    void shouldLetThePoolGrowAtOnceWhenADeviceIsEnrolled() throws Exception {
        // Given: the day's 1,000 calls are used by noon
        HEXNODE.at("11:00:00");
        serve(1_000);
        HEXNODE.at("12:00:00");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(TOO_MANY);

        // When
        HEXNODE.entity("account", account, "--attribute", "devices=101");

        // Then: ten more, at the same moment; what was used is kept
        assertThat(caller.served(20, "GET", PATH, TOO_MANY)).isEqualTo(10);
        assertThat(caller.usage()).containsEntry("daily-allowance.day", 1_010L);

        // When: two are taken away
        HEXNODE.entity("account", account, "--attribute", "devices=99");

        // Then
        HEXNODE.at("12:01:00");
        assertThat(caller.get(PATH).statusCode()).isEqualTo(TOO_MANY);
        assertThat(caller.usage()).containsEntry("daily-allowance.day", 1_010L);
    }

    @Test
    void shouldAllowNothingToAnAccountWithoutDevices() throws Exception {
        assertThat(caller.with("account", account + "-unknown").get(PATH).statusCode())
                .isEqualTo(TOO_MANY);
    }
}
