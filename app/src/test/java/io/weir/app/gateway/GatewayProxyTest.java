package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.app.gateway.EchoUpstream.Got;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes the gateway, in both directions. */
class GatewayProxyTest {
    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [3 per minute] }
            responses:
              allowed: { headers: { X-RateLimit-Remaining: "{{remaining}}" } }
            """;

    private static GatewayFixture fixture;

    @BeforeAll
    static void start() throws IOException {
        fixture = GatewayFixture.given(POLICY).start();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @BeforeEach
    void forget() {
        fixture.apply(POLICY);
        fixture.asked.clear();
        fixture.upstream.forget();
        fixture.clock.advance(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void shouldPassEveryMethod(String method) throws IOException, InterruptedException {
        // When
        HttpResponse<String> answer = GatewayFixture.send(fixture.request("/a?b=c")
                .method(method, method.startsWith("P") ? BodyPublishers.ofString("sent") : BodyPublishers.noBody())
                .build());

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(method.equals("HEAD") ? "" : "served");
        assertThat(fixture.upstream.last()).extracting(Got::method, Got::target).containsExactly(method, "/a?b=c");
        assertThat(fixture.upstream.last().body()).isEqualTo(method.startsWith("P") ? "sent" : "");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 304, 400, 404, 429, 500, 503})
    void shouldPassTheUpstreamsAnswer(int status) throws IOException, InterruptedException {
        // Given
        fixture.upstream.answers(exchange -> {
            exchange.getResponseHeaders().add("X-Upstream", "u1");
            exchange.getResponseHeaders().add("Set-Cookie", "a=1");
            exchange.getResponseHeaders().add("Set-Cookie", "b=2");
            exchange.getResponseHeaders().add("X-RateLimit-Remaining", "the upstream's own");
            EchoUpstream.answer(exchange, status, status == 204 || status == 304 ? "" : "{}");
        });

        // When
        HttpResponse<String> answer = fixture.get("/a", "X-Api-Key", "k1");

        // Then
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(status == 204 || status == 304 ? "" : "{}");
        assertThat(answer.headers().allValues("x-upstream")).containsExactly("u1");
        assertThat(answer.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
        assertThat(answer.headers().allValues("x-ratelimit-remaining")).containsExactly("2");
    }

    @Test
    void shouldTellTheUpstreamWhereARequestIsFrom() throws IOException, InterruptedException {
        // When
        fixture.get(
                "/a",
                "X-Forwarded-For",
                "203.0.113.9",
                "Forwarded",
                "for=203.0.113.9",
                "X-Real-IP",
                "203.0.113.9",
                "X-Forwarded-Proto",
                "https",
                "X-Api-Key",
                "k1");

        // Then: what a stranger says of proxies is not passed on
        Got got = fixture.upstream.last();
        int port = fixture.upstream.uri().getPort();
        assertThat(got.header("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(got.header("x-forwarded-proto")).isEqualTo("http");
        assertThat(got.header("x-forwarded-host"))
                .isEqualTo("127.0.0.1:" + fixture.address().getPort());
        assertThat(got.header("host")).isEqualTo("127.0.0.1:" + port);
        assertThat(got.header("via")).isEqualTo("1.1 weir");
        assertThat(got.header("x-api-key")).isEqualTo("k1");
        assertThat(got.headers()).doesNotContainKeys("forwarded", "x-real-ip");
    }

    @Test
    void shouldPassOnWhatATrustedProxySays() throws IOException, InterruptedException {
        // Given
        try (GatewayFixture behind = GatewayFixture.given(POLICY)
                .trusting("127.0.0.0/8")
                .preservingHost()
                .start()) {
            // When
            behind.get("/a", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https", "X-Account-Id", "acme");

            // Then
            Got got = behind.upstream.last();
            assertThat(got.header("x-forwarded-for")).isEqualTo("203.0.113.9, 127.0.0.1");
            assertThat(got.header("x-forwarded-proto")).isEqualTo("https");
            assertThat(got.header("host"))
                    .isEqualTo("127.0.0.1:" + behind.address().getPort());
            assertThat(behind.asked.get(0).ip()).isEqualTo("203.0.113.9");
            assertThat(behind.asked.get(0).account()).isEqualTo("acme");
        }
    }

    @Test
    void shouldKeepToItselfWhatIsAboutOneConnection() throws IOException {
        // When
        RawHttp.get(
                fixture.address(),
                "/a",
                "Connection: keep-alive, X-Hop",
                "X-Hop: 1",
                "Keep-Alive: timeout=5",
                "TE: gzip",
                "Proxy-Authorization: Basic dTpw",
                "Upgrade: example",
                "X-End: 2");

        // Then
        assertThat(fixture.upstream.last().headers())
                .containsKey("x-end")
                .doesNotContainKeys("x-hop", "keep-alive", "te", "proxy-authorization", "upgrade");
    }

    @Test
    void shouldSpeakHttp2() throws IOException, InterruptedException {
        // When
        HttpResponse<String> answer = GatewayFixture.HTTP_2.send(
                fixture.request("/a")
                        .header("X-Api-Key", "k1")
                        .POST(BodyPublishers.ofString("sent"))
                        .build(),
                BodyHandlers.ofString());

        // Then
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-ratelimit-remaining")).contains("2");
        assertThat(fixture.upstream.last().body()).isEqualTo("sent");
        assertThat(fixture.upstream.last().header("via")).isEqualTo("2 weir");
    }

    @Test
    void shouldDenyOverHttp2() throws IOException, InterruptedException {
        // Given
        HttpRequest request = fixture.request("/a").header("X-Api-Key", "k1").build();
        for (int i = 0; i < 3; i++) {
            GatewayFixture.HTTP_2.send(request, BodyHandlers.ofString());
        }

        // When
        HttpResponse<String> answer = GatewayFixture.HTTP_2.send(request, BodyHandlers.ofString());

        // Then
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(fixture.upstream.got()).hasSize(3);
    }

    @Test
    void shouldAnswerADeniedUploadWithoutPassingItOn() throws IOException, InterruptedException {
        // Given
        for (int i = 0; i < 3; i++) {
            fixture.get("/a", "X-Api-Key", "k1");
        }

        // When
        HttpResponse<String> answer = GatewayFixture.send(fixture.request("/a")
                .header("X-Api-Key", "k1")
                .POST(BodyPublishers.ofByteArray(new byte[8 << 20]))
                .build());

        // Then
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(fixture.upstream.got()).hasSize(3);
    }

    @Test
    void shouldFollowAChangeOfThePolicy() throws IOException, InterruptedException {
        // Given
        assertThat(fixture.get("/a", "X-Api-Key", "k1").headers().firstValue("X-RateLimit-Remaining"))
                .contains("2");

        // When
        fixture.apply(POLICY.replace("X-RateLimit-Remaining", "X-Left").replace("3 per", "9 per"));

        // Then
        HttpResponse<String> answer = fixture.get("/a", "X-Api-Key", "k1");
        assertThat(answer.headers().firstValue("X-Left")).contains("7");
        assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).isEmpty();
    }

    @Test
    void shouldTellOutcomesThatThePolicyCounts() throws IOException, InterruptedException {
        // Given
        fixture.apply("""
                policy: example
                rules:
                  - { name: all, key: [ip], limits: [100 per minute] }
                  - { name: failures, when: { status: 401 }, key: [ip], limits: [2 per minute] }
                """);
        fixture.upstream.answers(exchange ->
                EchoUpstream.answer(exchange, exchange.getRequestURI().getPath().equals("/login") ? 401 : 200, ""));

        // When
        fixture.get("/a");
        fixture.get("/login");
        fixture.get("/login");

        // Then: the outcomes are counted by one rule, the requests by the other, once
        assertThat(fixture.get("/a").statusCode()).isEqualTo(429);
        await().untilAsserted(() -> assertThat(fixture.asked.stream().filter(each -> each.report()))
                .hasSize(2)
                .allMatch(each -> each.status() == 401 && each.hits() == 0));
        fixture.apply("""
                policy: example
                rules:
                  - { name: all, key: [ip], limits: [100 per minute] }
                responses: { headers: [classic] }
                """);
        assertThat(fixture.get("/a").headers().firstValue("x-ratelimit-remaining"))
                .contains("96");
    }
}
