package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.InMemoryDecider;
import io.weir.app.answer.Answering;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What other servers are told when they ask, on the wire. */
@Execution(ExecutionMode.CONCURRENT)
class ForwardAuthTest {
    private static final String ONE_PER_MINUTE = """
        policy: example
        rules:
          - { name: per-token, key: [token], limits: [1 per minute] }
        responses:
          allowed: { headers: { X-RateLimit-Remaining: "{{remaining}}" } }
          throttled:
            status: 409
            reason: You must wait
            headers: { Retry-After: "{{retryAfter}}" }
            contentType: application/json
            body: "{\\n  \\"wait\\": {{retryAfter}}\\n}"
        """;
    private static final String NONE_BUT_POLITELY = """
        policy: polite
        rules:
          - { name: per-token, key: [token], limits: [0 per minute] }
        responses:
          throttled: { status: 200, body: "later" }
        """;
    private static final String T1 = "Authorization: Bearer t1";
    private static final String GET = "X-Forwarded-Method: GET";
    private static final String A = "X-Forwarded-Uri: /a";

    private static final GatewayConfig CONFIG = new GatewayConfig(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            URI.create("http://127.0.0.1:1"),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            TrustedProxies.NONE,
            false,
            false);

    private final InMemoryDecider decider = InMemoryDecider.of(ONE_PER_MINUTE, NONE_BUT_POLITELY);

    private Gateway gateway(List<String> identities, String trusted) {
        TrustedProxies proxies = TrustedProxies.of(List.of(trusted));
        Answering answering = new Answering(
                "example", decider, Identities.passedOn(identities, proxies), new TestClock(GatewayFixture.NOON), null);
        return Gateway.start(CONFIG, answering, token -> token, new Checks("/auth", proxies, answering));
    }

    private Gateway gateway() {
        return gateway(List.of(), "127.0.0.0/8");
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
        of,      method header,      target header
        Traefik, X-Forwarded-Method, X-Forwarded-Uri
        Caddy,   X-Forwarded-Method, X-Forwarded-Uri
        nginx,   X-Original-Method,  X-Original-URI
        """)
    void shouldReadTheRequestThatItIsAskedAbout(String server, String method, String target) throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            String answer = RawHttp.get(
                    gateway.address(),
                    "/auth",
                    T1,
                    method + ": POST",
                    target + ": /a//b?c=d",
                    "X-Forwarded-For: 203.0.113.7");

            // Then
            assertThat(RawHttp.statusLine(answer)).as(server).isEqualTo("HTTP/1.1 200 OK");
            assertThat(answer).contains("\r\nX-RateLimit-Remaining: 0\r\n");
            assertThat(decider.last().method()).isEqualTo("POST");
            assertThat(decider.last().path()).isEqualTo("/a/b?c=d");
            assertThat(decider.last().token()).isEqualTo("t1");
            assertThat(decider.last().ip()).isEqualTo("203.0.113.7");
        }
    }

    @Test
    void shouldDenyAsThePolicySays() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {
            RawHttp.get(gateway.address(), "/auth", T1, GET, A);

            // When
            String denied = RawHttp.get(gateway.address(), "/auth", T1, GET, A);

            // Then
            assertThat(denied)
                    .startsWith("HTTP/1.1 409 You must wait\r\n")
                    .contains("\r\nRetry-After: 60\r\n", "\r\nContent-Type: application/json\r\n")
                    .endsWith("\r\n\r\n{\n  \"wait\": 60\n}");
        }
    }

    @Test
    void shouldCarryTheAnswerThroughAServerThatKnowsOnlySomeStatuses() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {
            RawHttp.get(gateway.address(), "/auth?deny=403", T1, GET, A);

            // When
            String told = RawHttp.get(gateway.address(), "/auth?deny=403", T1, GET, A);
            String carried = told.replaceAll("(?s).*\r\nWeir-Answer: ([^\r]*)\r\n.*", "$1");
            String answer = RawHttp.get(gateway.address(), "/auth/answer", "Weir-Answer: " + carried);

            // Then
            assertThat(told)
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("\r\nWeir-Status: 409\r\n", "\r\nWeir-Reason: You must wait\r\n")
                    .contains("\r\nRetry-After: 60\r\n");
            assertThat(answer)
                    .startsWith("HTTP/1.1 409 You must wait\r\n")
                    .contains("\r\nRetry-After: 60\r\n", "\r\nContent-Type: application/json\r\n")
                    .doesNotContain("Weir-")
                    .endsWith("\r\n\r\n{\n  \"wait\": 60\n}");
            assertThat(decider.asked()).hasSize(2);
        }
    }

    @Test
    void shouldCarryRefusalsToo() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            String told = RawHttp.get(gateway.address(), "/auth?deny=403", T1, GET, "X-Forwarded-Uri: /a/../b");

            // Then
            assertThat(told).startsWith("HTTP/1.1 403 ").contains("\r\nWeir-Status: 400\r\n", "a path without ..");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Weir-Answer: ?",
                "Weir-Answer: e30",
                // {"status":200,"headers":{"a":"b\n"}}
                "Weir-Answer: eyJzdGF0dXMiOjIwMCwiaGVhZGVycyI6eyJhIjoiYlxuIn19",
                // {"status":200,"headers":{"a b":"c"}}
                "Weir-Answer: eyJzdGF0dXMiOjIwMCwiaGVhZGVycyI6eyJhIGIiOiJjIn19"
            })
    void shouldTellARefusalWhereNoAnswerIsBrought(String header) throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            String answer = header.isEmpty()
                    ? RawHttp.get(gateway.address(), "/auth/answer")
                    : RawHttp.get(gateway.address(), "/auth/answer", header);

            // Then
            assertThat(answer).startsWith("HTTP/1.1 403 Forbidden\r\n").contains("brought no answer of Weir's");
        }
    }

    /** As an MQTT broker's hook asks: HTTP clients could not send these methods themselves. */
    @ParameterizedTest
    @CsvSource({"publish, 250", "SUBSCRIBE, 250", "CONNECT, 20"})
    void shouldCountMqttByTagoIOsPolicy(String action, int limit) throws IOException {
        // Given
        Answering tagoio = new Answering(
                "tagoio",
                InMemoryDecider.of(Files.readString(Path.of("../policies/tagoio.yaml"))),
                Identities.passedOn(
                        List.of("profile=header:X-Profile-Id", "plan=header:X-Plan"),
                        TrustedProxies.of(List.of("127.0.0.1"))),
                new TestClock("2026-01-01T12:45:09Z"),
                null);
        Checks checks = new Checks("/auth", TrustedProxies.of(List.of("127.0.0.1")), tagoio);
        try (Gateway gateway = Gateway.start(CONFIG, tagoio, token -> token, checks)) {
            List<String> statuses = new ArrayList<>();

            // When
            for (int i = 0; i <= limit; i++) {
                statuses.add(RawHttp.statusLine(RawHttp.get(
                        gateway.address(),
                        "/auth?pass=204",
                        "X-Forwarded-Method: " + action,
                        "X-Forwarded-Uri: /mqtt",
                        "X-Profile-Id: p1",
                        "X-Plan: free")));
            }
            String another = RawHttp.get(
                    gateway.address(),
                    "/auth?pass=204",
                    "X-Original-Method: " + action,
                    "X-Original-URI: /mqtt",
                    "X-Profile-Id: p2",
                    "X-Plan: free");

            // Then
            assertThat(statuses.subList(0, limit)).containsOnly("HTTP/1.1 204 No Content");
            assertThat(statuses.get(limit)).startsWith("HTTP/1.1 429 ");
            assertThat(another).startsWith("HTTP/1.1 204 ");
        }
    }

    @Test
    void shouldSayWhichStatusesItCanTell() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            String refused = RawHttp.get(gateway.address(), "/auth?pass=429", T1, GET, A);

            // Then
            assertThat(refused)
                    .startsWith("HTTP/1.1 400 ")
                    .contains("expected pass=STATUS from 200 to 299, found '429'");
        }
    }

    @Test
    void shouldTakeTheDomainThatTheServerNames() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            RawHttp.get(gateway.address(), "/auth?domain=elsewhere", T1, GET, A);

            // Then
            assertThat(decider.last().domain()).isEqualTo("elsewhere");
        }
    }

    @Test
    void shouldNotTellADenialUnderAStatusThatWouldLetItPass() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            String denied = RawHttp.get(gateway.address(), "/auth?domain=polite", T1, GET, A);

            // Then
            assertThat(denied).startsWith("HTTP/1.1 403 Forbidden\r\n").contains("\r\nWeir-Status: 200\r\n");
        }
    }

    @Test
    void shouldRefuseWhoIsNotATrustedProxy() throws IOException {
        // Given
        try (Gateway gateway = gateway(List.of(), "192.0.2.0/24")) {

            // When
            String refused = RawHttp.get(gateway.address(), "/auth", T1, GET, A);

            // Then
            assertThat(refused)
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("expected to be asked by a trusted proxy, found 127.0.0.1");
            assertThat(decider.asked()).isEmpty();
        }
    }

    @Test
    void shouldRefuseARequestThatIsSaidToBeTwo() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            String refused = RawHttp.get(gateway.address(), "/auth", T1, GET, A, "X-Original-URI: /cheap");

            // Then
            assertThat(refused)
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("expected the request asked for in one of [x-forwarded-uri, x-original-uri], found 2"
                            + " different ones");
            assertThat(decider.asked()).isEmpty();
        }
    }

    @Test
    void shouldRefuseWhereTheServerDoesNotSayTheRequest() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            String refused = RawHttp.get(gateway.address(), "/auth", T1, A);

            // Then
            assertThat(refused)
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("in one of [x-forwarded-method, x-original-method], found none");
        }
    }

    @Test
    void shouldNotTakeAClientsWordForItsAccountUnlessConfigured() throws IOException {
        // Given
        try (Gateway usual = gateway();
                Gateway configured = gateway(List.of("account=header:X-Account-Id"), "127.0.0.0/8")) {

            // When
            RawHttp.get(usual.address(), "/auth", GET, A, "X-Account-Id: a1", "X-Plan: scale");
            RawHttp.get(configured.address(), "/auth", GET, A, "X-Account-Id: a1");

            // Then
            assertThat(decider.asked().get(0).account()).isNull();
            assertThat(decider.asked().get(0).attributes()).isEmpty();
            assertThat(decider.asked().get(1).account()).isEqualTo("a1");
        }
    }

    @Test
    void shouldServeNothingElseWithoutAnUpstream() throws IOException {
        // Given
        try (Gateway gateway = gateway()) {

            // When
            String elsewhere = RawHttp.get(gateway.address(), "/elsewhere", T1);

            // Then
            assertThat(elsewhere).startsWith("HTTP/1.1 404 Not Found\r\n");
        }
    }
}
