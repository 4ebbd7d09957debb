package io.weir.app.envoy;

import static io.weir.app.envoy.EnvoyFixture.descriptor;
import static io.weir.app.envoy.EnvoyFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.weir.app.LiveCluster;
import io.weir.app.answer.Decider;
import io.weir.app.envoy.EnvoyFixture.Setup;
import io.weir.edge.EdgeNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Envoy is told by an enforcer on a real broker, of OnboardingHub's policy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnvoyIT {
    private static final String HUB = "onboardinghub";

    private LiveCluster cluster;
    private EdgeNode edge;
    private EnvoyFixture envoy;

    @BeforeAll
    void begin(@TempDir Path data) throws Exception {
        cluster = LiveCluster.start(data, Map.of());
        cluster.apply(Files.readString(Path.of("../policies/onboardinghub.yaml")));
        edge = EdgeNode.builder()
                .bootstrapServers(cluster.bootstrapServers())
                .timeout(LiveCluster.PATIENCE)
                .plainTokens()
                .build();
        assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();
        LiveCluster.patiently().until(() -> edge.registry().policy(HUB) != null);
        envoy = EnvoyFixture.given(Decider.of(edge), Setup.USUAL.domain(HUB));
    }

    @AfterAll
    void end() {
        if (envoy != null) {
            envoy.close();
        }
        if (edge != null) {
            edge.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldLimitDescriptorsOfSeveralShapes() {
        // Given
        envoy.limit(request(HUB, descriptor("token=rls")).setHitsAddend(60));

        // When
        RateLimitResponse several = envoy.limit(request(
                HUB,
                descriptor("authorization=Bearer rls", "remote_address=192.0.2.8", ":path=/api/v1/x"),
                descriptor("x-api-key=other", "generic_key=slow").setHitsAddend(UInt64Value.of(5)),
                descriptor("remote_address=192.0.2.8")));

        // Then
        assertThat(several.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
        assertThat(several.getStatusesList())
                .extracting(DescriptorStatus::getCode)
                .containsExactly(Code.OVER_LIMIT, Code.OK, Code.OK);
        assertThat(several.getStatuses(1).getLimitRemaining()).isEqualTo(55);
        assertThat(several.getStatuses(2).hasCurrentLimit()).isFalse();
        assertThat(several.getRawBody().toStringUtf8()).contains("\"type\": \"rate_limited\"");
        Map<String, String> headers = several.getResponseHeadersToAddList().stream()
                .collect(Collectors.toMap(HeaderValue::getKey, HeaderValue::getValue));
        assertThat(headers)
                .containsEntry("Retry-After", "60")
                .containsEntry("X-RateLimit-Limit", "60")
                .containsEntry("X-RateLimit-Remaining", "0")
                .containsEntry("Content-Type", "application/json");
    }

    @Test
    void shouldAllowADomainThatNoPolicyGoverns() {
        // When
        RateLimitResponse unknown = envoy.limit("elsewhere", "token=rls");

        // Then
        assertThat(unknown.getOverallCode()).isEqualTo(Code.OK);
        assertThat(unknown.getStatuses(0).hasCurrentLimit()).isFalse();
    }

    @Test
    void shouldAuthorizeUntilTheLimitAndThenDenyAsThePolicySays() {
        // Given
        Map<String, String> bearer = Map.of("authorization", "Bearer authz");
        for (int i = 0; i < 60; i++) {
            assertThat(envoy.check(EnvoyFixture.get("/api/v1/x", bearer)).hasOkResponse())
                    .isTrue();
        }

        // When
        CheckResponse denied = envoy.check(EnvoyFixture.get("/api/v1/x", bearer));

        // Then
        assertThat(denied.getDeniedResponse().getStatus().getCode()).isEqualTo(StatusCode.TooManyRequests);
        assertThat(denied.getDeniedResponse().getBody()).contains("\"type\": \"rate_limited\"");
        assertThat(denied.getDeniedResponse().getHeadersList())
                .extracting(HeaderValueOption::getHeader)
                .extracting(header -> header.getKey() + ": " + header.getValue())
                .contains("Retry-After: 60", "X-RateLimit-Remaining: 0", "Content-Type: application/json");
    }
}
