package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What clients are told, on the wire. */
@Execution(ExecutionMode.CONCURRENT)
class GatewayAnswersTest {
    private static final String ONE_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [1 per minute] }
            responses:
            """;

    @Test
    void shouldSayTheReasonThatThePolicySays() throws IOException {
        // Given
        try (GatewayFixture fixture = GatewayFixture.given(ONE_PER_MINUTE + """
                  throttled:
                    status: 409
                    reason: You must wait before accessing this url again.
                    headers: { Cache-Control: no-cache, Expires: "-1", Retry-After: "{{retryAfter}}" }
                """).start()) {
            RawHttp.get(fixture.address(), "/a", "Authorization: Bearer t1");

            // When
            String answer = RawHttp.get(fixture.address(), "/a", "Authorization: Bearer t1");

            // Then
            assertThat(answer)
                    .startsWith("HTTP/1.1 409 You must wait before accessing this url again.\r\n")
                    .contains("\r\nCache-Control: no-cache\r\n", "\r\nExpires: -1\r\n", "\r\nRetry-After: 60\r\n")
                    .contains("\r\nContent-Length: 0\r\n", "\r\nDate: ")
                    .doesNotContainIgnoringCase("weir-reason", "content-type")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void shouldRefuseWhatIsLongerThanARequestMayHave() throws IOException {
        // Given
        try (GatewayFixture fixture = GatewayFixture.given(ONE_PER_MINUTE.replace("responses:", ""))
                .identities("account=header:X-Account")
                .start()) {
            // When
            String answer = RawHttp.get(fixture.address(), "/a", "X-Account: " + "x".repeat(1_025));

            // Then
            assertThat(answer)
                    .startsWith("HTTP/1.1 400 ")
                    .contains("account must have at most 1024 characters, but had 1025");
        }
    }
}
