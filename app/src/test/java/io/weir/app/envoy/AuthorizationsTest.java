package io.weir.app.envoy;

import static io.weir.app.envoy.EnvoyFixture.get;
import static io.weir.app.envoy.EnvoyFixture.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.weir.app.InMemoryDecider;
import io.weir.app.envoy.EnvoyFixture.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AuthorizationsTest {
    private static final String ONE_PER_MINUTE = """
        policy: example
        rules:
          - { name: per-token, key: [token], limits: [1 per minute] }
        blocks:
          - { name: abusers, key: [ip], after: 2 per minute, for: 1 hour }
        responses:
          allowed: { headers: { X-RateLimit-Remaining: "{{remaining}}" } }
          throttled:
            status: 409
            headers: { Retry-After: "{{retryAfter}}" }
            contentType: application/json
            body: '{"wait": {{retryAfter}}}'
          blocked: { status: 403, body: "no more" }
        """;
    private static final Map<String, String> T1 = Map.of("authorization", "Bearer t1");

    private static Map<String, String> headers(List<HeaderValueOption> headers) {
        return headers.stream()
                .map(HeaderValueOption::getHeader)
                .collect(Collectors.toMap(HeaderValue::getKey, HeaderValue::getValue));
    }

    @Test
    void shouldAddThePolicysHeadersToWhatPasses() {
        // Given
        InMemoryDecider decider = InMemoryDecider.of(ONE_PER_MINUTE);
        try (EnvoyFixture envoy = given(decider, Setup.USUAL)) {

            // When
            CheckResponse allowed = envoy.check(get("/a//b?c=d", T1));

            // Then
            assertThat(allowed.getStatus().getCode()).isEqualTo(Code.OK_VALUE);
            assertThat(headers(allowed.getOkResponse().getResponseHeadersToAddList()))
                    .isEqualTo(Map.of("X-RateLimit-Remaining", "0"));
            assertThat(decider.last().path()).isEqualTo("/a/b?c=d");
            assertThat(decider.last().method()).isEqualTo("GET");
            assertThat(decider.last().ip()).isEqualTo("192.0.2.1");
        }
    }

    @Test
    void shouldCountMqttByTagoIOsPolicy() throws IOException {
        // Given
        InMemoryDecider decider = InMemoryDecider.of(Files.readString(Path.of("../policies/tagoio.yaml")));
        try (EnvoyFixture envoy = given(
                decider,
                Setup.USUAL.domain("tagoio").identities("profile=header:X-Profile-Id", "plan=header:X-Plan"))) {
            CheckRequest.Builder publish = get("/mqtt", Map.of("x-profile-id", "p1", "x-plan", "free"));
            publish.getAttributesBuilder().getRequestBuilder().getHttpBuilder().setMethod("PUBLISH");

            // When
            int passed = 0;
            while (envoy.check(publish).hasOkResponse()) {
                passed++;
            }

            // Then
            assertThat(passed).isEqualTo(250);
        }
    }

    @Test
    void shouldDenyAsThePolicySays() {
        // Given
        try (EnvoyFixture envoy = given(ONE_PER_MINUTE)) {
            envoy.check(get("/a", T1));

            // When
            CheckResponse denied = envoy.check(get("/a", T1));

            // Then
            assertThat(denied.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED_VALUE);
            assertThat(denied.getDeniedResponse().getStatus().getCode()).isEqualTo(StatusCode.Conflict);
            assertThat(denied.getDeniedResponse().getBody()).isEqualTo("{\"wait\": 60}");
            assertThat(headers(denied.getDeniedResponse().getHeadersList()))
                    .isEqualTo(Map.of("Retry-After", "60", "Content-Type", "application/json"));
        }
    }

    @Test
    void shouldDenyWhoIsBlocked() {
        // Given
        try (EnvoyFixture envoy = given(ONE_PER_MINUTE)) {
            for (int i = 0; i < 3; i++) {
                envoy.check(get("/a", T1));
            }

            // When
            CheckResponse denied = envoy.check(get("/a", Map.of("authorization", "Bearer t2")));

            // Then
            assertThat(denied.getDeniedResponse().getStatus().getCode()).isEqualTo(StatusCode.Forbidden);
            assertThat(denied.getDeniedResponse().getBody()).isEqualTo("no more");
        }
    }

    @Test
    void shouldTakeTheDomainThatTheRouteNames() {
        // Given
        InMemoryDecider decider = InMemoryDecider.of(ONE_PER_MINUTE);
        try (EnvoyFixture envoy = given(decider, Setup.USUAL)) {
            CheckRequest.Builder check = get("/a", T1);
            check.getAttributesBuilder().putContextExtensions("domain", "elsewhere");

            // When
            envoy.check(check);

            // Then
            assertThat(decider.last().domain()).isEqualTo("elsewhere");
        }
    }

    @Test
    void shouldRefuseTwoTokensHoweverEnvoyTellsThem() {
        // Given
        InMemoryDecider decider = InMemoryDecider.of(ONE_PER_MINUTE);
        try (EnvoyFixture envoy = given(decider, Setup.USUAL)) {
            CheckRequest.Builder raw = get("/a", Map.of());
            raw.getAttributesBuilder()
                    .getRequestBuilder()
                    .getHttpBuilder()
                    .getHeaderMapBuilder()
                    .addHeaders(HeaderValue.newBuilder().setKey("authorization").setValue("Bearer t1"))
                    .addHeaders(HeaderValue.newBuilder().setKey("authorization").setValue("Bearer t2"));

            // When
            CheckResponse joined = envoy.check(get("/a", Map.of("authorization", "Bearer t1,Bearer t2")));
            CheckResponse apart = envoy.check(raw);

            // Then
            assertThat(List.of(joined, apart)).allSatisfy(refused -> {
                assertThat(refused.getDeniedResponse().getStatus().getCode()).isEqualTo(StatusCode.BadRequest);
                assertThat(refused.getDeniedResponse().getBody())
                        .contains("expected one token, found 2 different ones");
            });
            assertThat(decider.asked()).isEmpty();
        }
    }

    @Test
    void shouldRefuseAPathThatServersReadDifferently() {
        // Given
        try (EnvoyFixture envoy = given(ONE_PER_MINUTE)) {

            // When
            CheckResponse refused = envoy.check(get("/a/../b", T1));

            // Then
            assertThat(refused.getDeniedResponse().getStatus().getCode()).isEqualTo(StatusCode.BadRequest);
            assertThat(refused.getDeniedResponse().getBody()).contains("expected a path without ..");
        }
    }

    @Test
    void shouldNotTakeAClientsWordForItsAccountUnlessConfigured() {
        // Given
        Map<String, String> account = Map.of("x-account-id", "a1", "x-plan", "scale");
        InMemoryDecider decider = InMemoryDecider.of(ONE_PER_MINUTE);
        Setup proxied = Setup.USUAL.trusting("192.0.2.0/24");
        try (EnvoyFixture usual = given(decider, proxied);
                EnvoyFixture configured = given(decider, proxied.identities("account=header:X-Account-Id"))) {

            // When
            usual.check(get("/a", account));
            configured.check(get("/a", account));

            // Then
            assertThat(decider.asked().get(0).account()).isNull();
            assertThat(decider.asked().get(0).attributes()).isEmpty();
            assertThat(decider.asked().get(1).account()).isEqualTo("a1");
        }
    }

    @Test
    void shouldFindTheClientBehindTrustedProxies() {
        // Given
        Map<String, String> forwarded = Map.of("x-forwarded-for", "9.9.9.9, 203.0.113.7, 192.0.2.1");
        InMemoryDecider decider = InMemoryDecider.of(ONE_PER_MINUTE);
        try (EnvoyFixture envoy = given(decider, Setup.USUAL.trusting("192.0.2.0/24"))) {

            // When
            envoy.check(get("/a", forwarded));

            // Then
            assertThat(decider.last().ip()).isEqualTo("203.0.113.7");
        }
    }

    @Test
    void shouldServeOnceTheEdgeIsReady() {
        // Given
        try (EnvoyFixture ready = given(ONE_PER_MINUTE);
                EnvoyFixture notYet = EnvoyFixture.notReady()) {

            // When
            ServingStatus there = health(ready);
            ServingStatus here = health(notYet);

            // Then
            assertThat(there).isEqualTo(ServingStatus.SERVING);
            assertThat(here).isEqualTo(ServingStatus.NOT_SERVING);
        }
    }

    private static ServingStatus health(EnvoyFixture envoy) {
        return HealthGrpc.newBlockingStub(envoy.channel)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }
}
