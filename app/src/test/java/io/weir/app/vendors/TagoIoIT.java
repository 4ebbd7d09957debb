package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.app.LiveCluster;
import io.weir.app.gateway.RawHttp;
import io.weir.engine.Decision;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TagoIO: requests a minute for each profile and route, by plan. Who is told to wait waits for the next minute. */
class TagoIoIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOO_MANY = 429;

    @RegisterExtension
    static final VendorApi TAGO_IO = VendorApi.of("tagoio");

    private static int profiles;

    private static Caller profile(String plan) {
        profiles++;
        return TAGO_IO.caller().with("profile", "profile-" + profiles).with("plan", plan);
    }

    private static String body(long retryAfter) {
        return "{ \"status\": false, \"message\": \"Too many requests (Retry-After: " + retryAfter + ")\" }";
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            # resource         | route                              | function                       | free | starter | scale
            DEVICE             | POST /Device                       | Create Device                  | 10   | 250     | 5000
            DEVICE             | DELETE /Device/:device_id          | Delete Device                  | 10   | 250     | 5000
            DEVICE             | GET /device                        | List Devices                   | 50   | 100     | 500
            DEVICE             | GET /device/:device_id             | Get Device                     | 100  | 1000    | 5000
            DEVICE             | GET /device/token/:device_id       | Get Device Token               | 100  | 1000    | 5000
            DEVICE             | GET /device/:device_id/data_amount | Get Device Data Amount         | 100  | 1000    | 5000
            DEVICE             | GET /device/:device_id/chunk       | Get Device Chunk               | 100  | 1000    | 15000
            DEVICE             | GET /device/params                 | Get Device Params              | 100  | 1000    | 5000
            DEVICE             | GET /device/params/:device_id      | Get Device Params              | 100  | 1000    | 5000
            DEVICE             | PUT /device/:device_id             | Edit Device                    | 50   | 250     | 2000
            DEVICE             | POST /device/token                 | Create Device Token            | 50   | 250     | 2000
            DEVICE             | DELETE /device/token/:token        | Delete Device Token            | 50   | 250     | 2000
            DEVICE             | POST /device/:device_id/convert    | Convert Device                 | 50   | 250     | 2000
            DEVICE             | POST /device/:device_id/empty      | Empty Device                   | 50   | 250     | 2000
            DEVICE             | POST /device/:device_id/chunk/copy | Export Device Chunk            | 50   | 250     | 2000
            DEVICE             | DELETE /device/:device_id/chunk/:chunk_id | Delete Device Chunk     | 50   | 250     | 2000
            DATA               | GET /data                          | Get Device Data                | 250  | 5000    | 15000
            DATA               | POST /data                         | Send Device Data               | 250  | 5000    | 15000
            DATA               | PUT /data                          | Edit Device Data               | 60   | 250     | 1000
            DATA               | DELETE /data                       | Delete Device Data             | 60   | 250     | 1000
            DATA               | GET /data?query=aggregate          | Get Device Data with Query Aggregate | 5 | 10   | 100
            ACCOUNT            | PUT /account                       | Edit TagoIO Account            | 50   | 100     | 500
            ACCOUNT            | GET /account                       | Get TagoIO Account             | 50   | 100     | 500
            ANALYSIS           | POST /analysis                     | Create Analysis                | 60   | 100     | 1000
            ANALYSIS           | PUT /analysis/:analysis_id         | Edit Analysis                  | 60   | 100     | 1000
            ANALYSIS           | DELETE /analysis/:analysis_id      | Remove Analysis                | 60   | 100     | 1000
            ANALYSIS           | POST /analysis/:analysis_id/upload | Analysis Upload Script         | 60   | 100     | 1000
            ANALYSIS           | GET /analysis                      | Get Analysis List              | 60   | 1000    | 2000
            ACTION             | POST /action                       | Create Action                  | 60   | 100     | 1000
            ACTION             | PUT /action/:action_id             | Edit Action                    | 60   | 100     | 1000
            ACTION             | DELETE /action/:action_id          | Remove Action                  | 60   | 100     | 1000
            DASHBOARD          | POST /dashboard                    | Create Dashboard               | 60   | 100     | 1000
            DASHBOARD          | PUT /dashboard/:dashboard_id       | Edit Dashboard                 | 60   | 100     | 1000
            DASHBOARD          | DELETE /dashboard/:dashboard_id    | Remove Dashboard               | 60   | 100     | 1000
            FILES              | POST /files                        | Create Files                   | 60   | 100     | 200
            FILES              | PUT /files                         | Edit Files                     | 60   | 100     | 200
            FILES              | DELETE /files                      | Remove Files                   | 60   | 100     | 200
            PROFILE            | POST /profile                      | Create Profile                 | 60   | 100     | 200
            PROFILE            | PUT /profile/:profile_id           | Edit Profile                   | 60   | 100     | 200
            PROFILE            | DELETE /profile/:profile_id        | Remove Profile                 | 60   | 100     | 200
            NOTIFICATION       | POST /notification                 | Create Notification            | 60   | 100     | 1000
            NOTIFICATION       | PUT /notification/:notification_id/:btn_id | Edit Notification      | 60   | 100     | 1000
            RUN NOTIFICATION   | POST /run/notification             | Create RUN Notification        | 60   | 100     | 1000
            RUN                | POST /run/users                    | Create Run User                | 60   | 100     | 1000
            RUN                | PUT /run/users/:user_id            | Edit Run User                  | 60   | 100     | 1000
            AM                 | POST /am                           | Create Access Management       | 60   | 100     | 200
            AM                 | PUT /am/:am_id                     | Edit Access Management         | 60   | 100     | 200
            TAGS               | GET /tags/keys/:type               | Get Tags Resource              | 60   | 100     | 1000
            TOKEN INFO         | GET /info                          | Get Token Info                 | 60   | 5000    | 10000
            INTEGRATION        | POST /integration/network          | Create Integration Network     | 60   | 100     | 500
            AUTHORIZATION      | POST /serviceauth                  | Create Authorization Code      | 60   | 100     | 200
            DICTIONARY         | POST /dictionary                   | Create Dictionary              | 60   | 100     | 200
            TEMPLATE           | POST /template                     | Create Template                | 60   | 100     | 100
            TCORE              | POST /tcore/instance               | Create TCore                   | 60   | 100     | 100
            """)
    void shouldLimitEachRouteByPlanUntilTheMinuteEnds(
            String resource, String route, String function, int free, int starter, int scale) throws Exception {
        String method = route.substring(0, route.indexOf(' '));
        String path = route.substring(route.indexOf(' ') + 1).replace(":", "id-of-");
        for (Map.Entry<String, Integer> plan :
                Map.of("free", free, "starter", starter, "scale", scale).entrySet()) {
            // Given
            Caller caller = profile(plan.getKey());
            TAGO_IO.at("12:45:09");
            caller.used(plan.getValue() - 1, method, path);

            // When
            HttpResponse<String> last = caller.send(method, path);
            HttpResponse<String> denied = caller.send(method, path);

            // Then
            assertThat(last.statusCode()).as(plan.getKey()).isEqualTo(200);
            assertThat(denied.statusCode()).as(plan.getKey()).isEqualTo(TOO_MANY);
            assertThat(denied.body()).isEqualTo(body(51));
            TAGO_IO.at("12:46:00");
            assertThat(caller.send(method, path).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # function | free | starter | scale
            PUBLISH    | 250  | 5000    | 15000
            SUBSCRIBE  | 250  | 5000    | 15000
            CONNECT    | 20   | 100     | 200
            """)
    void shouldLimitMqttByPlanUntilTheMinuteEnds(String verb, int free, int starter, int scale) throws Exception {
        for (Map.Entry<String, Integer> plan :
                Map.of("free", free, "starter", starter, "scale", scale).entrySet()) {
            // Given
            Caller caller = profile(plan.getKey());
            TAGO_IO.at("12:45:09");
            caller.used(plan.getValue() - 1, verb, "/mqtt");

            // When: the MQTT broker asks over HTTP
            HttpResponse<String> last = caller.asked(verb, "/mqtt");
            HttpResponse<String> denied = caller.asked(verb, "/mqtt");

            // Then
            assertThat(last.statusCode()).as(plan.getKey()).isEqualTo(200);
            assertThat(denied.statusCode()).as(plan.getKey()).isEqualTo(TOO_MANY);
            assertThat(denied.body()).isEqualTo(body(51));
            TAGO_IO.at("12:46:00");
            assertThat(caller.asked(verb, "/mqtt").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"PUBLISH, 250", "SUBSCRIBE, 250", "CONNECT, 20"})
    void shouldLimitMqttByTheEventsOfItsBroker(String verb, int limit) throws Exception {
        // Given
        Caller caller = profile("free");
        TAGO_IO.at("12:45:09");
        caller.used(limit - 1, verb, "/mqtt");

        // When
        Decision last = TAGO_IO.decide(caller.event(verb, "/mqtt", 1));
        Decision denied = TAGO_IO.decide(caller.event(verb, "/mqtt", 1));

        // Then
        assertThat(last.allowed()).isTrue();
        assertThat(denied.status()).isEqualTo(TOO_MANY);
        assertThat(denied.retryAfterMs()).isEqualTo(51_000);
    }

    @Test
    void shouldCountMqttVerbsByThemselves() throws Exception {
        // Given
        Caller caller = profile("free");
        caller.used(20, "CONNECT", "/mqtt");
        caller.used(250, "PUBLISH", "/mqtt");

        // Then
        assertThat(TAGO_IO.decide(caller.event("CONNECT", "/mqtt", 1)).allowed())
                .isFalse();
        assertThat(TAGO_IO.decide(caller.event("PUBLISH", "/mqtt", 1)).allowed())
                .isFalse();
        assertThat(TAGO_IO.decide(caller.event("SUBSCRIBE", "/mqtt", 1)).allowed())
                .isTrue();
        assertThat(caller.send("POST", "/data").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldDenyUntilTheMinuteEndsAsDocumented() throws Exception {
        // Given: the limit is reached at 12:45:09
        Caller caller = profile("free");
        TAGO_IO.at("12:45:01");
        assertThat(caller.served(6, "POST", "/device", TOO_MANY)).isEqualTo(6);
        TAGO_IO.at("12:45:09");
        assertThat(caller.served(6, "POST", "/device", TOO_MANY)).isEqualTo(4);

        // When
        TAGO_IO.at("12:45:52");
        HttpResponse<String> denied = caller.send("POST", "/device");

        // Then
        assertThat(denied.statusCode()).isEqualTo(TOO_MANY);
        assertThat(denied.body()).isEqualTo(body(8));
        assertThat(JSON.readTree(denied.body()))
                .isEqualTo(JSON.readTree("{ \"status\": false, \"message\": \"Too many requests (Retry-After: 8)\" }"));
        assertThat(denied.headers().firstValue("content-type")).contains("application/json");
        assertThat(denied.headers().firstValue("retry-after")).contains("8");
        TAGO_IO.at("12:45:59.999");
        assertThat(caller.send("POST", "/device").body()).isEqualTo(body(1));
        TAGO_IO.at("12:46:00");
        assertThat(caller.send("POST", "/device").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldAnswerTooManyRequests() throws Exception {
        // Given
        Caller caller = profile("free");
        caller.used(10, "POST", "/device");

        // When
        String raw = RawHttp.send(
                TAGO_IO.address(),
                "POST /device HTTP/1.1\r\nHost: api.tago.io\r\nContent-Length: 0\r\nX-Plan: free\r\nX-Profile-Id: "
                        + caller.identity().get("profile") + "\r\n\r\n");

        // Then
        assertThat(RawHttp.statusLine(raw)).isEqualTo("HTTP/1.1 429 Too Many Requests");
    }

    @Test
    void shouldCountEachRouteOfAProfileByItself() throws Exception {
        // Given: of three routes one is used up
        Caller caller = profile("free");
        caller.used(10, "POST", "/device");

        // Then
        assertThat(caller.send("POST", "/device").statusCode()).isEqualTo(TOO_MANY);
        for (String route : List.of(
                "GET /device", "GET /device/params", "PUT /device/d1", "POST /device/token", "DELETE /device/d1")) {
            String[] methodAndPath = route.split(" ", -1);
            assertThat(caller.send(methodAndPath[0], methodAndPath[1]).statusCode())
                    .as(route)
                    .isEqualTo(200);
        }
        assertThat(caller.usage())
                .containsEntry("create-device.minute", 10L)
                .containsEntry("list-devices.minute", 1L)
                .containsEntry("get-device.minute", 0L)
                .containsEntry("get-device-params.minute", 1L)
                .containsEntry("edit-device.minute", 1L)
                .containsEntry("create-device-token.minute", 1L)
                .containsEntry("delete-device.minute", 1L);
    }

    @Test
    void shouldAggregateWhateverIsDoneInsideAProfile() throws Exception {
        // When: several devices, tokens and spellings of one route
        Caller caller = profile("free");
        int served = caller.with("device", "d1").with("token", "t1").served(4, "DELETE", "/device/d1", TOO_MANY);
        served += caller.with("device", "d2").with("token", "t2").served(4, "DELETE", "/Device/d2", TOO_MANY);
        served += caller.served(4, "DELETE", "/DEVICE/d3/", TOO_MANY);

        // Then: another profile of the same account has limits of its own
        assertThat(served).isEqualTo(10);
        Caller another = caller.with("profile", caller.identity().get("profile") + "-2");
        assertThat(another.with("account", "a").send("DELETE", "/device/d1").statusCode())
                .isEqualTo(200);
        assertThat(caller.with("account", "a").send("DELETE", "/device/d1").statusCode())
                .isEqualTo(TOO_MANY);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /Device, /device, create-device",
        "DELETE, /Device/D1, /device/d1, delete-device",
        "GET, /device/TOKEN/d1, /Device/token/d1, get-device-token",
        "DELETE, /device/token/t1, /DEVICE/Token/t1, delete-device-token",
        "POST, /run/notification, /RUN/Notification, create-run-notification",
        "GET, /DATA?query=aggregate, /data?query=aggregate, get-device-data-aggregate"
    })
    void shouldReadRoutesWithoutRegardToCase(String method, String one, String other, String rule) throws Exception {
        // When
        Caller caller = profile("free");
        caller.send(method, one);
        caller.send(method, other);

        // Then
        assertThat(caller.usage()).containsEntry(rule + ".minute", 2L);
    }

    @ParameterizedTest
    @CsvSource({"POST, send-data", "GET, get-data"})
    void shouldLimitADeviceByItselfWhereSaidSo(String method, String limit) throws Exception {
        // Given
        Caller caller = profile("free");
        Caller limited = caller.with("device", caller.identity().get("profile") + "-limited");
        Caller other = caller.with("device", caller.identity().get("profile") + "-other");
        TAGO_IO.entity("device", String.valueOf(limited.identity().get("device")), "--limit", limit + "=3");

        // Then: the device has three, its profile what the plan gives
        assertThat(limited.served(5, method, "/data", TOO_MANY)).isEqualTo(3);
        assertThat(limited.send(method, "/data").body()).isEqualTo(body(60));
        other.used(245, method, "/data");
        assertThat(other.served(5, method, "/data", TOO_MANY)).isEqualTo(2);

        // Then: only on that route
        String another = method.equals("GET") ? "POST" : "GET";
        assertThat(limited.served(5, another, "/data", TOO_MANY)).isEqualTo(5);

        // When
        TAGO_IO.at("12:01:00");
        TAGO_IO.entity("device", String.valueOf(limited.identity().get("device")), "--limit", limit + "=4");

        // Then
        assertThat(limited.served(5, method, "/data", TOO_MANY)).isEqualTo(4);
    }

    @Test
    void shouldLimitAggregateQueriesByThemselves() throws Exception {
        // When
        Caller caller = profile("free");
        int served = caller.served(4, "GET", "/data?query=aggregate", TOO_MANY);
        served += caller.served(4, "GET", "/data?variable=t&query=%61ggregate&function=avg", TOO_MANY);

        // Then: they are requests for data too, other requests for data are no aggregate queries
        assertThat(served).isEqualTo(5);
        assertThat(caller.served(10, "GET", "/data?query=last_value", TOO_MANY)).isEqualTo(10);
        assertThat(caller.usage())
                .containsEntry("get-device-data-aggregate.minute", 5L)
                .containsEntry("get-device-data.minute", 15L);
    }

    @Test
    void shouldFollowThePlanOfTheProfileAndKeepWhatWasUsed() throws Exception {
        // Given
        TAGO_IO.entity("profile", "upgraded", "--attribute", "plan=free");
        Caller caller = TAGO_IO.caller().with("profile", "upgraded");
        assertThat(caller.served(12, "POST", "/device", TOO_MANY)).isEqualTo(10);

        // When
        TAGO_IO.entity("profile", "upgraded", "--attribute", "plan=starter");

        // Then: 240 more, at once
        caller.used(238, "POST", "/device");
        assertThat(caller.served(4, "POST", "/device", TOO_MANY)).isEqualTo(2);

        // When
        TAGO_IO.entity("profile", "upgraded", "--attribute", "plan=scale");

        // Then
        assertThat(caller.served(4, "POST", "/device", TOO_MANY)).isEqualTo(4);
    }

    @Test
    void shouldFollowThePlanOfTheAccount() throws Exception {
        // Given
        TAGO_IO.entity("account", "tago-account", "--attribute", "plan=free");

        // When
        Caller caller = TAGO_IO.caller().with("profile", "of-account").with("account", "tago-account");

        // Then
        assertThat(caller.served(12, "POST", "/device", TOO_MANY)).isEqualTo(10);
    }

    @Test
    void shouldTellUsageOfEachFunctionNow() throws Exception {
        // Given
        Caller caller = profile("starter");
        caller.served(7, "GET", "/device/d1", TOO_MANY);
        caller.served(3, "POST", "/analysis/a1/upload", TOO_MANY);
        TAGO_IO.decide(caller.event("PUBLISH", "/mqtt", 1));

        // When
        JsonNode limits = TAGO_IO.admin(
                        "/api/usage",
                        "plan=starter&profile=" + caller.identity().get("profile") + "&at=" + TAGO_IO.now())
                .get("limits");

        // Then: one for each row of the table, whether it was used or not
        assertThat(limits).hasSize(57);
        List<String> used = new ArrayList<>();
        limits.forEach(limit -> {
            if (limit.get("current").asLong() > 0) {
                used.add(limit.get("rule").asText() + " " + limit.get("current") + "/" + limit.get("limit"));
            }
        });
        assertThat(used).containsExactly("get-device 7/1000", "analysis-upload-script 3/100", "mqtt-publish 1/5000");
    }

    @Test
    void shouldTellUsageOfEachFunctionInThePast() throws Exception {
        // Given: three minutes of traffic, so that two are over; on a day that no other test comes after
        Caller caller = profile("starter");
        TAGO_IO.at("2026-02-01T12:44:10Z");
        caller.served(7, "GET", "/device/d1", TOO_MANY);
        caller.served(2, "POST", "/data", TOO_MANY);
        TAGO_IO.at("12:45:10");
        caller.served(9, "GET", "/device/d1", TOO_MANY);
        TAGO_IO.at("12:46:10");
        caller.served(1, "GET", "/device/d1", TOO_MANY);
        caller.served(1, "POST", "/data", TOO_MANY);
        long from = Instant.parse("2026-02-01T12:00:00Z").toEpochMilli();
        long to = Instant.parse("2026-02-01T13:00:00Z").toEpochMilli();
        String query = "plan=starter&profile=" + caller.identity().get("profile") + "&from=" + from + "&to=" + to;

        // When
        List<JsonNode> closed = LiveCluster.patiently()
                .until(
                        () -> {
                            List<JsonNode> windows = new ArrayList<>();
                            TAGO_IO.admin("/api/usage/history", query)
                                    .get("windows")
                                    .forEach(window -> {
                                        if (window.get("closed").asBoolean()) {
                                            windows.add(window);
                                        }
                                    });
                            return windows;
                        },
                        windows -> windows.size() >= 3);

        // Then: requests per minute and function
        assertThat(closed)
                .extracting(
                        window -> window.get("rule").asText(),
                        window -> Instant.ofEpochMilli(window.get("from").asLong())
                                .toString(),
                        window -> window.get("consumed").asLong())
                .containsExactlyInAnyOrder(
                        tuple("get-device", "2026-02-01T12:44:00Z", 7L),
                        tuple("get-device", "2026-02-01T12:45:00Z", 9L),
                        tuple("send-device-data", "2026-02-01T12:44:00Z", 2L));
    }
}
