package io.weir.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.run.InMemoryExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row of the five vendors' tables: the limit is reached, the next request denied, and others are not. */
class VendorPoliciesTest {
    private static final long MIDNIGHT = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private static InMemoryExecutor executor(String domain) throws IOException {
        Path file = Path.of("../policies", domain + ".yaml");
        InMemoryExecutor executor = new InMemoryExecutor();
        executor.apply(PolicyReader.read(file.toString(), Files.readString(file)));
        return executor;
    }

    private static Request request(String domain, String route, long timestamp, Map<String, String> who) {
        int space = route.indexOf(' ');
        Map<String, String> attributes = new HashMap<>(who);
        attributes.keySet().retainAll(List.of("plan"));
        return new Request(
                null,
                timestamp,
                domain,
                route.substring(0, space),
                route.substring(space + 1),
                who.get("ip"),
                who.get("token"),
                who.get("device"),
                who.get("account"),
                who.get("profile"),
                null,
                1,
                attributes,
                false,
                0);
    }

    /** How many of so many requests at one time are allowed. */
    private static int allowed(InMemoryExecutor executor, Request request, int times) {
        int allowed = 0;
        for (int i = 0; i < times; i++) {
            allowed += executor.decide(request).allowed() ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void hexnodeShouldPoolTenCallsADayForEachDevice() throws IOException {
        // Given
        InMemoryExecutor executor = executor("hexnode");
        executor.put(new Entity("account", "acme", Map.of("devices", "100"), Map.of()));

        // When: 20 a minute, unevenly spread over devices
        int allowed = 0;
        for (int i = 0; i < 1_100; i++) {
            String device = i % 3 == 0 ? "device-1" : "device-" + i;
            Request request = request(
                    "hexnode",
                    "GET /api/v1/devices/",
                    MIDNIGHT + i / 20 * MINUTE,
                    Map.of("account", "acme", "device", device));
            allowed += executor.decide(request).allowed() ? 1 : 0;
        }

        // Then
        assertThat(allowed).isEqualTo(1_000);
    }

    @Test
    void hexnodeShouldAllowThirtyCallsAMinute() throws IOException {
        InMemoryExecutor executor = executor("hexnode");
        executor.put(new Entity("account", "acme", Map.of("devices", "100"), Map.of()));
        Request request = request("hexnode", "GET /api/v1/devices/", MIDNIGHT, Map.of("account", "acme"));
        assertThat(allowed(executor, request, 40)).isEqualTo(30);
        assertThat(executor.decide(request).status()).isEqualTo(429);
    }

    @Test
    void hexagraphShouldTrackMinuteAndDayIndependently() throws IOException {
        // Given
        InMemoryExecutor executor = executor("hexagraph");
        Map<String, String> client = Map.of("ip", "192.0.2.1");
        assertThat(allowed(executor, request("hexagraph", "POST /graphql", MIDNIGHT, client), 40))
                .isEqualTo(30);

        // When
        int allowed = 30;
        for (int minute = 1; minute < 60; minute++) {
            allowed += allowed(executor, request("hexagraph", "GET /x", MIDNIGHT + minute * MINUTE, client), 20);
        }

        // Then
        assertThat(allowed).isEqualTo(1_000);
        assertThat(allowed(executor, request("hexagraph", "GET /x", MIDNIGHT, Map.of("ip", "192.0.2.2")), 1))
                .isEqualTo(1);
    }

    @Test
    void onboardingHubShouldBlockAnAddressForAnHourAfterTenThrottles() throws IOException {
        // Given
        InMemoryExecutor executor = executor("onboardinghub");
        Map<String, String> client = Map.of("token", "t1", "ip", "192.0.2.1");
        Request request = request("onboardinghub", "GET /api/v1/x", MIDNIGHT, client);
        assertThat(allowed(executor, request, 69)).isEqualTo(60);

        // When
        Decision tenth = executor.decide(request);

        // Then
        assertThat(tenth.reason()).isEqualTo(Reason.OVER_LIMIT);
        Map<String, String> other = Map.of("token", "t2", "ip", "192.0.2.1");
        Decision blocked = executor.decide(request("onboardinghub", "GET /api/v1/x", MIDNIGHT + 1, other));
        assertThat(blocked.reason()).isEqualTo(Reason.BLOCKED);
        assertThat(blocked.status()).isEqualTo(403);
        assertThat(executor.decide(request("onboardinghub", "GET /api/v1/x", MIDNIGHT + 60 * MINUTE, other))
                        .allowed())
                .isTrue();
    }

    @Test
    void onboardingHubShouldAllowFiveHundredAnHourForEachToken() throws IOException {
        InMemoryExecutor executor = executor("onboardinghub");
        int allowed = 0;
        for (int minute = 0; minute < 60; minute++) {
            allowed += allowed(
                    executor,
                    request("onboardinghub", "POST /mcp", MIDNIGHT + minute * MINUTE, Map.of("token", "t1")),
                    12);
        }
        assertThat(allowed).isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # route,                              free, starter, scale
                    POST /Device,                         10,   250,     5000
                    DELETE /Device/d1,                    10,   250,     5000
                    GET /device,                          50,   100,     500
                    GET /device/d1,                       100,  1000,    5000
                    GET /device/token/d1,                 100,  1000,    5000
                    GET /device/d1/data_amount,           100,  1000,    5000
                    GET /device/d1/chunk,                 100,  1000,    15000
                    GET /device/params,                   100,  1000,    5000
                    GET /device/params/d1,                100,  1000,    5000
                    PUT /device/d1,                       50,   250,     2000
                    POST /device/token,                   50,   250,     2000
                    DELETE /device/token/t1,              50,   250,     2000
                    POST /device/d1/convert,              50,   250,     2000
                    POST /device/d1/empty,                50,   250,     2000
                    POST /device/d1/chunk/copy,           50,   250,     2000
                    DELETE /device/d1/chunk/c1,           50,   250,     2000
                    GET /data,                            250,  5000,    15000
                    POST /data,                           250,  5000,    15000
                    PUT /data,                            60,   250,     1000
                    DELETE /data,                         60,   250,     1000
                    GET /data?query=aggregate,            5,    10,      100
                    PUT /account,                         50,   100,     500
                    GET /account,                         50,   100,     500
                    POST /analysis,                       60,   100,     1000
                    PUT /analysis/a1,                     60,   100,     1000
                    DELETE /analysis/a1,                  60,   100,     1000
                    POST /analysis/a1/upload,             60,   100,     1000
                    GET /analysis,                        60,   1000,    2000
                    POST /action,                         60,   100,     1000
                    PUT /action/a1,                       60,   100,     1000
                    DELETE /action/a1,                    60,   100,     1000
                    POST /dashboard,                      60,   100,     1000
                    PUT /dashboard/d1,                    60,   100,     1000
                    DELETE /dashboard/d1,                 60,   100,     1000
                    POST /files,                          60,   100,     200
                    PUT /files,                           60,   100,     200
                    DELETE /files,                        60,   100,     200
                    POST /profile,                        60,   100,     200
                    PUT /profile/p1,                      60,   100,     200
                    DELETE /profile/p1,                   60,   100,     200
                    POST /notification,                   60,   100,     1000
                    PUT /notification/n1/b1,              60,   100,     1000
                    POST /run/notification,               60,   100,     1000
                    POST /run/users,                      60,   100,     1000
                    PUT /run/users/u1,                    60,   100,     1000
                    POST /am,                             60,   100,     200
                    PUT /am/a1,                           60,   100,     200
                    GET /tags/keys/device,                60,   100,     1000
                    GET /info,                            60,   5000,    10000
                    POST /integration/network,            60,   100,     500
                    POST /serviceauth,                    60,   100,     200
                    POST /dictionary,                     60,   100,     200
                    POST /template,                       60,   100,     100
                    POST /tcore/instance,                 60,   100,     100
                    PUBLISH /mqtt,                        250,  5000,    15000
                    SUBSCRIBE /mqtt,                      250,  5000,    15000
                    CONNECT /mqtt,                        20,   100,     200
                    """)
    void tagoIoShouldLimitEachRouteByPlan(String route, int free, int starter, int scale) throws IOException {
        // Given
        InMemoryExecutor executor = executor("tagoio");
        long time = Instant.parse("2026-01-01T12:45:09Z").toEpochMilli();

        for (Map.Entry<String, Integer> plan :
                Map.of("free", free, "starter", starter, "scale", scale).entrySet()) {
            Map<String, String> who = Map.of("profile", "profile-" + plan.getKey(), "plan", plan.getKey());
            Request request = request("tagoio", route, time, who);

            // When
            int allowed = allowed(executor, request, plan.getValue() + 3);

            // Then: until the clock minute ends
            assertThat(allowed).as(plan.getKey()).isEqualTo(plan.getValue());
            assertThat(executor.decide(request).retryAfterMs()).isEqualTo(51_000);
        }
    }

    @Test
    void tagoIoShouldOverrideTheLimitOfADevice() throws IOException {
        // Given
        InMemoryExecutor executor = executor("tagoio");
        executor.put(new Entity("device", "d1", Map.of(), Map.of("send-data", 5L)));

        // Then
        Map<String, String> one = Map.of("profile", "p", "plan", "free", "device", "d1");
        Map<String, String> two = Map.of("profile", "p", "plan", "free", "device", "d2");
        assertThat(allowed(executor, request("tagoio", "POST /data", MIDNIGHT, one), 20))
                .isEqualTo(5);
        assertThat(allowed(executor, request("tagoio", "POST /data", MIDNIGHT, two), 300))
                .isEqualTo(245);
        assertThat(allowed(executor, request("tagoio", "GET /data", MIDNIGHT, one), 20))
                .isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # route,                                         every ms, requests, allowed
                    POST /api/spaces/coworkers,                      200,      250,      60
                    GET /api/spaces/coworkers,                       50,       20,       10
                    GET /api/spaces/coworkers,                       200,      250,      120
                    POST /api/spaces/checkin/now,                    200,      250,      60
                    GET /api/public/resources,                       1,        9000,     9000
                    GET /api/auth,                                   1,        9000,     9000
                    GET /api/spaces/users/7,                         1,        200,      120
                    GET /api/sys/users/validate,                     1,        9000,     9000
                    GET /api/sys/users/validatetoken,                1,        9000,     9000
                    GET /api/sys/users/token,                        1,        9000,     9000
                    POST /api/public/resources,                      1,        100,      60
                    DELETE /api/business/settings,                   1,        9000,     9000
                    GET /API/spaces/CoworkerPricePlanHistories/1,    1000,     30,       3
                    GET /api/sys/audittrailentries,                  1000,     60,       1
                    POST /api/sys/users/requestPasswordReset,        200,      100,      10
                    POST /api/sys/users/resetPassword,               200,      100,      10
                    GET /api/spaces/bookings/7,                      200,      100,      10
                    GET /api/billing/proposals/runcommand,           200,      100,      10
                    GET /api/billing/coworkercontracts/runcommand,   200,      100,      10
                    GET /api/billing/coworkerinvoices/runcommand,    200,      100,      10
                    GET /api/nexpos/validatepin,                     200,      100,      60
                    GET /api/public/checkin,                         1,        100,      60
                    GET /api/anything/bigquery/pushall,              6000,     100,      1
                    GET /api/integrations/openai/chat,               200,      100,      12
                    GET /api/sys/users/sendmagiclink,                200,      100,      12
                    """)
    void nexudusShouldLimitEachEndpoint(String route, long everyMs, int requests, int allowed) throws IOException {
        // Given
        InMemoryExecutor executor = executor("nexudus");

        // When
        int admitted = 0;
        for (int i = 0; i < requests; i++) {
            Request request = request("nexudus", route, MIDNIGHT + i * everyMs, Map.of("token", "t1"));
            admitted += executor.decide(request).allowed() ? 1 : 0;
        }

        // Then
        assertThat(admitted).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # route,                      a minute, allowed in a day
                    PUT /api/spaces/coworkers,    55,       5000
                    PUT /api/spaces/checkin,      55,       79200
                    GET /api/spaces/coworkers,    100,      120000
                    """)
    void nexudusShouldLimitHoursAndDays(String route, int aMinute, int allowed) throws IOException {
        // Given
        InMemoryExecutor executor = executor("nexudus");

        // When
        int admitted = 0;
        for (int minute = 0; minute < 24 * 60; minute++) {
            for (int i = 0; i < aMinute; i++) {
                long time = MIDNIGHT + minute * MINUTE + i * 500L;
                admitted += executor.decide(request("nexudus", route, time, Map.of("token", "t1")))
                                .allowed()
                        ? 1
                        : 0;
            }
        }

        // Then
        assertThat(admitted).isEqualTo(allowed);
    }

    @Test
    void nexudusShouldAnswer409() throws IOException {
        InMemoryExecutor executor = executor("nexudus");
        Request request = request("nexudus", "GET /api/spaces/coworkers", MIDNIGHT, Map.of("token", "t1"));
        executor.decide(request);
        assertThat(executor.decide(request)).satisfies(decision -> {
            assertThat(decision.status()).isEqualTo(409);
            assertThat(decision.retryAfterMs()).isEqualTo(100);
        });
    }
}
