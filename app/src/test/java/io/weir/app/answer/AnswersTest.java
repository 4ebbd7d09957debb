package io.weir.app.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decisions rendered as the policy says. */
class AnswersTest {
    private static final long NOON = Instant.parse("2026-01-01T12:00:30Z").toEpochMilli();
    private static final String RULES = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute, 90 per hour] }
              - { name: burst, match: /burst, key: [token], limits: [1 per 100ms] }
            """;

    private final Answers answers = new Answers();
    private final InMemoryExecutor executor = new InMemoryExecutor();
    private @Nullable Policy policy;

    private static Request request(String path, @Nullable String token, long timestamp) {
        return new Request(
                "r1",
                timestamp,
                "example",
                "GET",
                path,
                "192.0.2.1",
                token,
                null,
                null,
                null,
                null,
                1,
                Map.of(),
                false,
                0);
    }

    private Answer answer(Request request) {
        Decision decision = executor.decide(request.withDetails());
        return answers.answer(policy, request, decision);
    }

    private Answer answer(String path, int times) {
        Answer answer = answer(request(path, "t1", NOON));
        for (int i = 1; i < times; i++) {
            answer = answer(request(path, "t1", NOON));
        }
        return answer;
    }

    private void given(String yaml) {
        policy = PolicyReader.read("policy", yaml);
        executor.apply(policy);
    }

    @Test
    void shouldTellEveryLimitInTheFieldsOfTheIetf() {
        // Given
        given(RULES + "responses: { headers: ietf }");

        // Then
        assertThat(answer("/", 1).headers())
                .containsExactly(
                        Map.entry("RateLimit", "\"minute\";r=1;t=30, \"hour\";r=89;t=3570"),
                        Map.entry("RateLimit-Policy", "\"minute\";q=2;w=60, \"hour\";q=90;w=3600"));
    }

    @Test
    void shouldTellTheLimitThatDeniedFirst() {
        // Given
        given(RULES + "responses: { headers: ietf }");

        // When
        Answer denied = answer("/", 3);

        // Then
        assertThat(denied.headers())
                .containsEntry("RateLimit", "\"minute\";r=0;t=30, \"hour\";r=88;t=3570")
                .containsEntry("Retry-After", "30");
    }

    @Test
    void shouldLeaveOutWindowsUnderASecond() {
        // Given
        given(RULES + "responses: { headers: ietf }");

        // When
        Answer denied = answer("/burst", 2);

        // Then
        assertThat(denied.headers())
                .containsEntry("RateLimit-Policy", "\"100ms\";q=1, \"minute\";q=2;w=60, \"hour\";q=90;w=3600")
                .containsEntry("RateLimit", "\"100ms\";r=0;t=1, \"minute\";r=1;t=30, \"hour\";r=89;t=3570")
                .containsEntry("Retry-After", "1");
    }

    @Test
    void shouldNameTheRuleWhereSeveralHaveALimitOfThatName() {
        // Given
        given("""
                policy: example
                rules:
                  - { name: 'the "first"', key: [token], limits: [2 per minute] }
                  - { name: second, key: [ip], limits: [9 per minute] }
                responses: { headers: ietf }
                """);

        // Then
        assertThat(answer("/", 1).headers())
                .containsEntry("RateLimit", "\"the \\\"first\\\".minute\";r=1;t=30, \"second.minute\";r=8;t=30");
    }

    @Test
    void shouldTellTheBindingLimitInTheClassicFields() {
        // Given
        given(RULES + "responses: { headers: [classic] }");

        // Then
        assertThat(answer("/", 1).headers())
                .containsExactly(
                        Map.entry("X-RateLimit-Limit", "2"),
                        Map.entry("X-RateLimit-Remaining", "1"),
                        Map.entry("X-RateLimit-Reset", "1767268860"));
        assertThat(answer("/", 2).headers())
                .containsEntry("X-RateLimit-Remaining", "0")
                .containsEntry("Retry-After", "30");
    }

    @Test
    void shouldTellNoLimitsWhereNoneCount() {
        // Given
        given(RULES + "responses: { headers: [ietf, classic], allowed: { headers: { X-Left: '{{remaining}}' } } }");

        // Then
        assertThat(answer(request("/", null, NOON)).headers()).isEmpty();
    }

    @Test
    void shouldPreferTheHeadersThatAResponseStates() {
        // Given
        given(RULES + """
                responses:
                  headers: [classic]
                  throttled: { headers: { x-ratelimit-limit: "two", retry-after: "{{retryAfter}} or so" } }
                """);

        // Then
        assertThat(answer("/", 3).headers())
                .containsExactly(
                        Map.entry("X-RateLimit-Remaining", "0"),
                        Map.entry("X-RateLimit-Reset", "1767268860"),
                        Map.entry("x-ratelimit-limit", "two"),
                        Map.entry("retry-after", "30 or so"));
    }

    @Test
    void shouldTellAProblem() {
        // Given
        given(RULES + "responses: { body: problem }");

        // When
        Answer denied = answer("/", 3);

        // Then
        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.headers()).containsExactly(Map.entry("Content-Type", "application/problem+json"));
        assertThat(denied.body())
                .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                        + "\"title\":\"Request cannot be satisfied as assigned quota has been exceeded\","
                        + "\"status\":429,\"violated-policies\":[\"minute\"]}");
    }

    @Test
    void shouldTellAProblemOfABlock() {
        // Given
        given(RULES + "responses: { body: problem }");

        // When
        Answer denied = answers.answer(policy, request("/", "t1", NOON), blocked());

        // Then
        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.body())
                .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#abnormal-usage-detected\","
                        + "\"title\":\"Request not satisfied due to detection of abnormal request pattern\","
                        + "\"status\":403,\"violated-policies\":[\"abusers\"]}");
    }

    private static Decision blocked() {
        return denied(Reason.BLOCKED, 403, "abusers", NOON + 59_001, 59_001);
    }

    private static Decision denied(Reason reason, int status, @Nullable String rule, long resetAt, long retryAfterMs) {
        return new Decision(
                "r1",
                "example",
                NOON,
                Outcome.DENY,
                reason,
                status,
                rule,
                null,
                List.of(),
                resetAt,
                retryAfterMs,
                List.of(),
                null);
    }

    /** Never earlier than the truth, and never 0. */
    @ParameterizedTest
    @CsvSource({"1, 1", "999, 1", "1000, 1", "1001, 2", "59001, 60", "3600000, 3600", "0, 1"})
    void shouldRoundWaitsUp(long ms, String seconds) {
        // Given
        given(RULES + "responses: { blocked: { headers: { Retry-After: '{{retryAfter}}' } } }");

        // Then
        Decision decision = denied(Reason.BLOCKED, 403, "abusers", NOON + ms, ms);
        assertThat(answers.answer(policy, request("/", "t1", NOON), decision).headers())
                .containsEntry("Retry-After", seconds);
    }

    @Test
    void shouldTellThatNothingIsLeftWhileBlocked() {
        // Given
        given(RULES + """
                responses:
                  blocked:
                    contentType: application/json
                    body: '{ "limit": {{limit}}, "left": {{remaining}}, "until": {{resetAt}}, "in": {{resetIn}}, "used": {{current}} }'
                """);

        // Then
        assertThat(answers.answer(policy, request("/", "t1", NOON), blocked()).body())
                .isEqualTo("{ \"limit\": 0, \"left\": 0, \"until\": 1767268890, \"in\": 60, \"used\": null }");
    }

    @Test
    void shouldNotTellWhenToComeBackWhoNeverMay() {
        // Given
        given(RULES + """
                responses:
                  headers: [classic]
                  blocked: { headers: { X-Retry: "{{retryAfter}}" } }
                """);

        // Then
        Decision decision = denied(Reason.DENY_LISTED, 403, "token = t1", 0, 0);
        assertThat(answers.answer(policy, request("/", "t1", NOON), decision).headers())
                .isEmpty();
    }

    @Test
    void shouldTellEveryLimitInASection() {
        // Given
        given(RULES + """
                responses:
                  throttled:
                    contentType: application/json
                    body: '[{{#limits}}{"{{rule}}":"{{window}}","left":{{remaining}}}{{^-last}},{{/-last}}{{/limits}}] {{#limits}}{{#exhausted}}{{window}} {{retryAfter}}{{/exhausted}}{{/limits}} {{limits.hour.current}} {{limits.per-token.hour.resetIn}}'
                """);

        // Then
        assertThat(answer("/", 3).body())
                .isEqualTo("[{\"per-token\":\"minute\",\"left\":0},{\"per-token\":\"hour\",\"left\":88}]"
                        + " minute 30 2 3570");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            application/json            | /a"b\\<c>&   | {"at":"/a\\"b\\\\<c>&"}
            application/vnd.x+json;a=b  | /a"b\\<c>&   | {"at":"/a\\"b\\\\<c>&"}
            text/html                   | /a"b\\<c>&   | {"at":"/a&quot;b\\&lt;c&gt;&amp;"}
            application/xml             | /a"b\\<c>&   | {"at":"/a&quot;b\\&lt;c&gt;&amp;"}
            text/plain                  | /a"b\\<c>&   | {"at":"/a"b\\<c>&"}
            """)
    void shouldEscapeValuesAsTheContentTypeNeeds(String contentType, String path, String body) {
        // Given
        given(RULES + "responses: { throttled: { contentType: " + contentType + ", body: '{\"at\":\"{{path}}\"}' } }");
        Request request = request(path, "t1", NOON);

        // Then
        answer(request);
        answer(request);
        assertThat(answer(request).body()).isEqualTo(body);
    }

    @Test
    void shouldKeepAHeaderOnOneLine() {
        // Given
        given(RULES + "responses: { allowed: { headers: { X-Path: '{{path}}' } } }");

        // Then
        assertThat(answer("/a\r\nSet-Cookie: b", 1).headers()).containsEntry("X-Path", "/a??Set-Cookie: b");
    }

    @Test
    void shouldTellThatNobodyKnows() {
        // Given
        given(RULES);

        // When
        Answer answer =
                answers.answer(policy, request("/", "t1", NOON), denied(Reason.UNAVAILABLE, 503, null, 0, 1_000));

        // Then
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("Retry-After", "1");
        assertThat(answer.body())
                .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#temporary-reduced-capacity\","
                        + "\"title\":\"Request cannot be satisfied due to temporary server capacity constraints\","
                        + "\"status\":503,\"detail\":\"No decision on this request could be had in time\"}");
    }

    @Test
    void shouldTellUsage() {
        // Given
        given(RULES + """
                usage:
                  path: /usage
                  contentType: application/json
                  body: '{ "minute": {{limits.minute.current}}, "all": [{{#limits}}{{limit}}{{^-last}},{{/-last}}{{/limits}}], "burst": {{limits.100ms.limit}} }'
                """);
        List<LimitView> limits = List.of(
                new LimitView("per-token", "minute", 60_000, 2, 5, 0, NOON + 30_000, 0),
                new LimitView("per-token", "hour", 3_600_000, 90, 5, 85, NOON + 30_000, 0));

        // When
        Answer answer = answers.usage(
                PolicyReader.read("policy", RULES + "usage: { path: /u, body: '{{limits.hour.remaining}} {{ip}}' }"),
                request("/u", "t1", NOON),
                limits);
        Answer json = policy == null ? answer : answers.usage(policy, request("/usage", "t1", NOON), limits);

        // Then
        assertThat(answer)
                .isEqualTo(new Answer(200, null, Map.of("Content-Type", "text/plain; charset=utf-8"), "85 192.0.2.1"));
        assertThat(json.body()).isEqualTo("{ \"minute\": 5, \"all\": [2,90], \"burst\": null }");
    }
}
