package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.engine.Request;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nobody should send, and what comes of it. */
class GatewayBadInputTest {
    private static final String POLICY = """
        policy: example
        rules:
          - { name: writes, match: POST /**, key: [token], missing: deny, limits: [100 per minute] }
          - { name: reads, match: GET /data?query=aggregate, key: [token], limits: [5 per minute] }
          - { name: addresses, match: GET /limited, key: [ip], limits: [1 per minute] }
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
        fixture.asked.clear();
        fixture.upstream.forget();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        GARBAGE\\r\\n\\r\\n                                          | 400
        GET\\r\\n\\r\\n                                              | 400
        GET /a b HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                   | 400
        GET a HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                      | 400
        GET * HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                      | 400
        GET /a HTTP/1.1\\r\\nHost: h\\r\\nNo colon\\r\\n\\r\\n        | 400
        GET /a HTTP/1.1\\r\\nHost: h\\r\\nBad Name: v\\r\\n\\r\\n     | 400
        POST /a HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: x\\r\\n\\r\\n  | 400
        POST /a HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: -1\\r\\n\\r\\n | 400
        POST /a HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nab | 400
        CONNECT example.com:443 HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n    | 400
        BREW /pot HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                  | 405
        GET /%zz HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                   | 400
        GET /a%00 HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                  | 400
        GET /a\\0b HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                  | 400
        GET /a%ff HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                  | 400
        GET /\u00ff HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n              | 400
        GET /%c0%ae%c0%ae/a HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n      | 400
        GET /%252e%252e/b HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n        | 400
        GET /d%2561ta HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n            | 400
        GET /a%252Fb HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n             | 400
        GET /a/../b HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                | 400
        GET /a/%2e%2e/b HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n            | 400
        GET /a%2Fb HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                 | 400
        GET /a;b HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n                   | 400
        GET /a HTTP/1.1\\r\\nHost: h\\r\\nExpect: tea\\r\\n\\r\\n    | 417
        """)
    void shouldRefuseWhatIsNoRequest(String request, int status) throws IOException {
        // When
        String answer = RawHttp.send(
                fixture.address(),
                request.replace("\\0", "\0")
                        .replace("\\r", "\r")
                        .replace("\\n", "\n")
                        .replaceFirst("\r\n(?=[A-Z\r])", "\r\nConnection: close\r\n"));

        // Then
        assertThat(RawHttp.statusLine(answer)).startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer)
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("\"status\":" + status);
        assertThat(fixture.asked).isEmpty();
        assertThat(fixture.upstream.got()).isEmpty();
    }

    @Test
    void shouldRefuseHeadersOf64Kilobytes() throws IOException {
        // When
        String answer = RawHttp.get(fixture.address(), "/a", "X-Large: " + "x".repeat(64 * 1024));

        // Then
        assertThat(RawHttp.statusLine(answer)).isEqualTo("HTTP/1.1 431 Request Header Fields Too Large");
        assertThat(fixture.upstream.got()).isEmpty();
        assertThat(fixture.asked).isEmpty();
    }

    @Test
    void shouldRefuseTooManyHeaders() throws IOException {
        // Given
        String[] many =
                IntStream.range(0, 5_000).mapToObj(i -> "X-" + i + ": v").toArray(String[]::new);

        // When
        String answer = RawHttp.get(fixture.address(), "/a", many);

        // Then
        assertThat(RawHttp.statusLine(answer)).isEqualTo("HTTP/1.1 431 Request Header Fields Too Large");
        assertThat(fixture.asked).isEmpty();
    }

    /** A client that makes up whom it speaks for is still counted as itself. */
    @Test
    void shouldNotCountAForgedAddress() throws IOException {
        // When
        String first = RawHttp.get(fixture.address(), "/limited", "X-Forwarded-For: 192.0.2.1");
        String second = RawHttp.get(
                fixture.address(),
                "/limited",
                "X-Forwarded-For: 192.0.2.2",
                "X-Real-IP: 192.0.2.3",
                "Forwarded: for=x");

        // Then
        assertThat(RawHttp.statusLine(first)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(RawHttp.statusLine(second)).isEqualTo("HTTP/1.1 429 Too Many Requests");
        assertThat(fixture.asked).extracting(Request::ip).containsOnly("127.0.0.1");
        assertThat(fixture.upstream.last().header("x-forwarded-for")).isEqualTo("127.0.0.1");
    }

    /** HTTP/2 has headers compressed by what went before: those that are not read end the connection. */
    @Test
    void shouldEndAnHttp2ConnectionWithHeadersOf64Kilobytes() throws IOException, InterruptedException {
        // Given
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        client.send(fixture.request("/a").build(), HttpResponse.BodyHandlers.ofString());
        fixture.asked.clear();

        // Then
        HttpRequest large =
                fixture.request("/a").header("X-Large", "x".repeat(64 * 1024)).build();
        assertThatThrownBy(() -> client.send(large, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class)
                // Java 17's client tells of the GOAWAY, that of Java 25 only of the end that follows it.
                .hasMessageMatching("(?s).*(GOAWAY|EOF).*");
        assertThat(fixture.asked).isEmpty();
        assertThat(client.send(fixture.request("/a").build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldAnswerItselfWhatIsAboutNoPath() throws IOException {
        assertThat(RawHttp.send(fixture.address(), "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Allow: ");
        assertThat(fixture.asked).isEmpty();
        assertThat(fixture.upstream.got()).isEmpty();
    }

    @Test
    void shouldPassHeadersOf16Kilobytes() throws IOException, InterruptedException {
        // Given
        HttpRequest request =
                fixture.request("/a").header("X-Large", "x".repeat(16 * 1024)).build();

        // Then
        assertThat(GatewayFixture.send(request).statusCode()).isEqualTo(200);
        assertThat(GatewayFixture.HTTP_2
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(fixture.upstream.last().header("x-large")).hasSize(16 * 1024);
    }

    @Test
    void shouldRefuseAnAbsurdlyLongPath() throws IOException {
        assertThat(RawHttp.statusLine(RawHttp.get(fixture.address(), "/" + "a/".repeat(8_000))))
                .isEqualTo("HTTP/1.1 414 Request-URI Too Long");
        assertThat(fixture.asked).isEmpty();
    }

    @Test
    void shouldDecideALongPath() throws IOException {
        // Given
        String path = "/" + "a/".repeat(3_900) + "end";

        // Then
        assertThat(RawHttp.statusLine(RawHttp.get(fixture.address(), path))).isEqualTo("HTTP/1.1 200 OK");
        assertThat(fixture.upstream.last().target()).isEqualTo(path);
    }

    /** Whatever the spelling, what was matched is what arrives. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        //data?query=aggregate                | /data?query=aggregate                | 4
        /./data?query=aggregate               | /data?query=aggregate                | 4
        /d%61ta?query=aggregate               | /data?query=aggregate                | 4
        /data/?qu%65ry=%61ggregate            | /data/?qu%65ry=%61ggregate           | 4
        /data?query=x&query=aggregate         | /data?query=x&query=aggregate        | 4
        http://elsewhere/data?query=aggregate | /data?query=aggregate                | 4
        /data?query=aggregates                | /data?query=aggregates               | -1
        /data%3Fquery=aggregate               | /data%3Fquery=aggregate              | -1
        /data%3Bv=1/a%2Bb                     | /data%3Bv=1/a%2Bb                    | -1
        """)
    void shouldMatchWhatTheUpstreamSees(String sent, String passed, long left) throws IOException {
        // When
        String answer = RawHttp.get(fixture.address(), sent, "X-Api-Key: " + sent.hashCode());

        // Then
        assertThat(RawHttp.statusLine(answer)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(fixture.upstream.last().target()).isEqualTo(passed);
        Request asked = fixture.asked.get(0);
        assertThat(asked.path()).isEqualTo(passed);
        assertThat(fixture.decide(asked.withDetails()).binding() == null ? -1 : 4)
                .isEqualTo(left);
    }

    @Test
    void shouldLetThePolicySayWhatAMissingIdentityMeans() throws IOException, InterruptedException {
        // When
        HttpResponse<String> counted = GatewayFixture.send(fixture.request("/a")
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build());
        HttpResponse<String> free = fixture.get("/a");

        // Then
        assertThat(counted.statusCode()).isEqualTo(400);
        assertThat(counted.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(counted.body())
                .isEqualTo("{\"title\":\"Bad Request\",\"status\":400,\"detail\":"
                        + "\"rule writes expected the request to have token, but it has none\"}");
        assertThat(free.statusCode()).isEqualTo(200);
        assertThat(fixture.upstream.got()).hasSize(1);
    }

    @Test
    void shouldRefuseARequestOfTwoTokens() throws IOException, InterruptedException {
        // When
        HttpResponse<String> answer = fixture.get("/a", "Authorization", "Bearer t1", "X-Api-Key", "k1");

        // Then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("expected one token, found 2 different ones");
        assertThat(fixture.upstream.got()).isEmpty();
    }

    @Test
    void shouldTellThatTheUpstreamIsDead() throws IOException, InterruptedException {
        // Given: a port where nobody listens
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try (GatewayFixture before = GatewayFixture.given(POLICY)
                .before(URI.create("http://127.0.0.1:" + port))
                .start()) {
            // When
            HttpResponse<String> answer = before.get("/a");

            // Then
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(answer.body())
                    .isEqualTo("{\"title\":\"Bad Gateway\",\"status\":502,\"detail\":"
                            + "\"the upstream could not be reached or broke off before it answered\"}");
        }
    }

    @Test
    void shouldTellThatTheUpstreamTakesTooLong() throws IOException, InterruptedException {
        // Given: a server that takes connections and says nothing
        try (ServerSocket silent = new ServerSocket(0);
                GatewayFixture before = GatewayFixture.given(POLICY)
                        .before(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                        .upstreamTimeout(Duration.ofMillis(200))
                        .start()) {
            // When
            HttpResponse<String> answer = before.get("/a");

            // Then
            assertThat(answer.statusCode()).isEqualTo(504);
            assertThat(answer.body()).contains("the upstream did not answer in time");
        }
    }
}
