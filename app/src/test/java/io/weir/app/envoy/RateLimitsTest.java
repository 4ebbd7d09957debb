package io.weir.app.envoy;

import static io.weir.app.envoy.EnvoyFixture.descriptor;
import static io.weir.app.envoy.EnvoyFixture.given;
import static io.weir.app.envoy.EnvoyFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UInt64Value;
import com.google.protobuf.UnknownFieldSet;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.RateLimitOverride;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit;
import io.envoyproxy.envoy.type.v3.RateLimitUnit;
import io.grpc.StatusRuntimeException;
import io.weir.app.InMemoryDecider;
import io.weir.app.envoy.EnvoyFixture.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitsTest {
    private static final String TWO_PER_MINUTE = """
        policy: example
        rules:
          - { name: per-token, key: [token], limits: [2 per minute] }
        """;

    private static Map<String, String> headers(RateLimitResponse response) {
        return response.getResponseHeadersToAddList().stream()
                .collect(Collectors.toMap(header -> header.getKey(), header -> header.getValue()));
    }

    @Test
    void shouldDenyTheThirdRequest() {
        // Given
        try (EnvoyFixture envoy = given(TWO_PER_MINUTE)) {
            RateLimitResponse first = envoy.limit("example", "token=t1");
            envoy.limit("example", "token=t1");

            // When
            RateLimitResponse third = envoy.limit("example", "token=t1");

            // Then
            assertThat(first.getOverallCode()).isEqualTo(Code.OK);
            assertThat(first.getStatuses(0).getLimitRemaining()).isOne();
            assertThat(third.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
            DescriptorStatus status = third.getStatuses(0);
            assertThat(status.getCode()).isEqualTo(Code.OVER_LIMIT);
            assertThat(status.getCurrentLimit())
                    .isEqualTo(RateLimit.newBuilder()
                            .setName("per-token.minute")
                            .setRequestsPerUnit(2)
                            .setUnit(RateLimit.Unit.MINUTE)
                            .build());
            assertThat(status.getLimitRemaining()).isZero();
            assertThat(status.getDurationUntilReset().getSeconds()).isEqualTo(60);
        }
    }

    @ParameterizedTest
    @CsvSource({"PUBLISH, 250", "SUBSCRIBE, 250", "CONNECT, 20"})
    void shouldCountMqttByTagoIOsPolicy(String action, int limit) throws IOException {
        // Given
        InMemoryDecider decider = InMemoryDecider.of(Files.readString(Path.of("../policies/tagoio.yaml")));
        try (EnvoyFixture envoy = given(decider, Setup.USUAL)) {

            // When
            RateLimitResponse first =
                    envoy.limit("tagoio", "method=" + action, "path=/mqtt", "profile=p1", "plan=free");
            RateLimitResponse rest = envoy.limit(
                    request("tagoio", descriptor("method=" + action, "path=/mqtt", "profile=p1", "plan=free"))
                            .setHitsAddend(limit));

            // Then
            assertThat(first.getStatuses(0).getLimitRemaining()).isEqualTo(limit - 1);
            assertThat(rest.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
        }
    }

    @Test
    void shouldTellTheLimitAsEnvoyItselfWouldAndWhenToComeBack() {
        // Given
        try (EnvoyFixture envoy = given("""
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [1 per minute, 9 per hour] }
            """)) {

            // When
            RateLimitResponse allowed = envoy.limit("example", "token=t1");
            RateLimitResponse denied = envoy.limit("example", "token=t1");

            // Then
            assertThat(headers(allowed))
                    .isEqualTo(Map.of(
                            "x-ratelimit-limit",
                            "1, 1;w=60;name=\"per-token.minute\", 9;w=3600;name=\"per-token.hour\"",
                            "x-ratelimit-remaining",
                            "0",
                            "x-ratelimit-reset",
                            "60"));
            assertThat(headers(denied)).containsEntry("retry-after", "60").containsEntry("x-ratelimit-remaining", "0");
        }
    }

    @Test
    void shouldAnswerAsThePolicySays() {
        // Given
        try (EnvoyFixture envoy = given(TWO_PER_MINUTE + """
            responses:
              throttled:
                headers: { X-RateLimit-Limit: "{{limit}}", Retry-After: "in {{retryAfter}} s" }
                contentType: application/json
                body: '{"error": "slow down, {{window}}"}'
            """)) {
            envoy.limit("example", "token=t1");
            envoy.limit("example", "token=t1");

            // When
            RateLimitResponse denied = envoy.limit("example", "token=t1");

            // Then
            assertThat(denied.getRawBody().toStringUtf8()).isEqualTo("{\"error\": \"slow down, minute\"}");
            assertThat(headers(denied))
                    .containsEntry("X-RateLimit-Limit", "2")
                    .containsEntry("Retry-After", "in 60 s")
                    .containsEntry("Content-Type", "application/json")
                    .doesNotContainKeys("x-ratelimit-limit", "retry-after");
        }
    }

    @Test
    void shouldDecideEachDescriptorByItself() {
        // Given
        try (EnvoyFixture envoy = given("""
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [1 per minute] }
              - { name: per-address, key: [ip], limits: [5 per minute] }
            """)) {
            envoy.limit("example", "token=t1");

            // When
            RateLimitResponse both =
                    envoy.limit(request("example", descriptor("remote_address=192.0.2.1"), descriptor("token=t1")));

            // Then
            assertThat(both.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
            assertThat(both.getStatusesList())
                    .extracting(DescriptorStatus::getCode)
                    .containsExactly(Code.OK, Code.OVER_LIMIT);
            assertThat(both.getStatuses(0).getLimitRemaining()).isEqualTo(4);
            assertThat(headers(both)).containsEntry("retry-after", "60");
        }
    }

    @Test
    void shouldTellTheFewestRemainingOfSeveralDescriptors() {
        // Given
        try (EnvoyFixture envoy = given("""
            policy: example
            rules:
              - { name: per-address, key: [ip], limits: [5 per minute] }
              - { name: per-token, key: [token], limits: [2 per hour] }
            """)) {

            // When
            RateLimitResponse both =
                    envoy.limit(request("example", descriptor("remote_address=192.0.2.1"), descriptor("token=t1")));

            // Then
            assertThat(headers(both))
                    .containsEntry("x-ratelimit-remaining", "1")
                    .containsEntry("x-ratelimit-reset", "3600")
                    .containsEntry(
                            "x-ratelimit-limit",
                            "2, 5;w=60;name=\"per-address.minute\", 2;w=3600;name=\"per-token.hour\"");
        }
    }

    @Test
    void shouldChargeTheHitsOfTheRequestUnlessADescriptorSaysItsOwn() {
        // Given
        try (EnvoyFixture envoy = given("""
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [100 per minute] }
            """)) {

            // When
            RateLimitResponse several = envoy.limit(request(
                            "example",
                            descriptor("token=t1"),
                            descriptor("token=t2").setHitsAddend(UInt64Value.of(30)),
                            descriptor("token=t3").setHitsAddend(UInt64Value.of(0)))
                    .setHitsAddend(7));

            // Then
            assertThat(several.getStatusesList())
                    .extracting(DescriptorStatus::getLimitRemaining)
                    .containsExactly(93, 70, 100);
        }
    }

    @Test
    void shouldChargeNothingForHitsThatAreToBeGivenBack() {
        // Given
        UnknownFieldSet negative = UnknownFieldSet.newBuilder()
                .addField(4, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        try (EnvoyFixture envoy = given(TWO_PER_MINUTE)) {

            // When
            RateLimitResponse given = envoy.limit(request(
                    "example",
                    descriptor("token=t1").setHitsAddend(UInt64Value.of(2)).setUnknownFields(negative)));

            // Then
            assertThat(given.getStatuses(0).getLimitRemaining()).isEqualTo(2);
        }
    }

    @Test
    void shouldLetRulesReferToALimitThatEnvoySends() {
        // Given
        try (EnvoyFixture envoy = given("""
            policy: example
            rules:
              - name: overridden
                where: { override-per: hour }
                key: [token]
                limits: [{ limit: token.override, per: 1 hour }]
            """)) {
            RateLimitOverride.Builder fivePerHour =
                    RateLimitOverride.newBuilder().setRequestsPerUnit(5).setUnit(RateLimitUnit.HOUR);

            // When
            RateLimitResponse limited =
                    envoy.limit(request("example", descriptor("token=t1").setLimit(fivePerHour)));

            // Then
            assertThat(limited.getStatuses(0).getCurrentLimit().getRequestsPerUnit())
                    .isEqualTo(5);
            assertThat(limited.getStatuses(0).getLimitRemaining()).isEqualTo(4);
        }
    }

    @Test
    void shouldAllowADomainThatNoPolicyGoverns() {
        // Given
        try (EnvoyFixture envoy = given(TWO_PER_MINUTE)) {

            // When
            RateLimitResponse unknown = envoy.limit("elsewhere", "token=t1");

            // Then
            assertThat(unknown)
                    .isEqualTo(RateLimitResponse.newBuilder()
                            .setOverallCode(Code.OK)
                            .addStatuses(DescriptorStatus.newBuilder().setCode(Code.OK))
                            .build());
        }
    }

    @Test
    void shouldRefuseARequestWithoutDescriptors() {
        // Given
        try (EnvoyFixture envoy = given(TWO_PER_MINUTE)) {

            // When / Then
            assertThatThrownBy(() -> envoy.limit(request("example")))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INVALID_ARGUMENT: expected a domain and 1 to 100 descriptors, found domain"
                            + " 'example' and 0");
        }
    }

    @Test
    void shouldDenyWhoSaysTwoDifferentThingsOfThemselves() {
        // Given
        InMemoryDecider decider = InMemoryDecider.of(TWO_PER_MINUTE);
        try (EnvoyFixture envoy = given(decider, Setup.USUAL)) {

            // When
            RateLimitResponse refused = envoy.limit("example", "token=t1", "x-api-key=t2");

            // Then
            assertThat(refused.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
            assertThat(refused.getRawBody().toStringUtf8())
                    .contains("expected one token in a descriptor, found two different ones");
            assertThat(decider.asked()).isEmpty();
        }
    }
}
