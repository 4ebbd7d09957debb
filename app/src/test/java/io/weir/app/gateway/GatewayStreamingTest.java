package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Bodies pass as they come; what breaks off or takes long is passed on as such. */
@Execution(ExecutionMode.CONCURRENT)
class GatewayStreamingTest {
    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [3 per minute] }
            responses:
              allowed: { headers: { X-RateLimit-Remaining: "{{remaining}}" } }
            """;

    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = GatewayFixture.given(POLICY).start();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static ServerSocket serverByHand() throws IOException {
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server.setSoTimeout(20_000);
        return server;
    }

    private static Socket accept(ServerSocket server) throws IOException {
        Socket connection = server.accept();
        connection.setSoTimeout(20_000);
        return connection;
    }

    /** The client sees the first part while the upstream still holds the second back. */
    @Test
    void shouldStreamAnswers() throws Exception {
        // Given
        CountDownLatch more = new CountDownLatch(1);
        fixture.upstream.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write("first".getBytes(StandardCharsets.UTF_8));
            out.flush();
            awaitQuietly(more);
            out.write("second".getBytes(StandardCharsets.UTF_8));
            out.close();
        });

        // When
        HttpResponse<InputStream> answer =
                HttpClient.newHttpClient().send(fixture.request("/a").build(), BodyHandlers.ofInputStream());

        // Then
        try (InputStream body = answer.body()) {
            assertThat(new String(body.readNBytes(5), StandardCharsets.UTF_8)).isEqualTo("first");
            more.countDown();
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("second");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The upstream sees the first part while the client still holds the second back. */
    @Test
    void shouldStreamRequests() throws Exception {
        // Given: a server by hand
        SubmissionPublisher<ByteBuffer> parts = new SubmissionPublisher<>();
        try (ServerSocket server = serverByHand();
                GatewayFixture before = GatewayFixture.given(POLICY)
                        .before(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                        .start()) {
            // When
            CompletableFuture<HttpResponse<String>> answer = HttpClient.newHttpClient()
                    .sendAsync(
                            before.request("/a")
                                    .POST(BodyPublishers.fromPublisher(parts))
                                    .build(),
                            BodyHandlers.ofString());
            await().until(() -> parts.getNumberOfSubscribers() == 1);
            parts.submit(ByteBuffer.wrap("first".getBytes(StandardCharsets.UTF_8)));

            // Then
            try (Socket connection = accept(server)) {
                readUntil(connection.getInputStream(), "first");
                parts.submit(ByteBuffer.wrap("second".getBytes(StandardCharsets.UTF_8)));
                readUntil(connection.getInputStream(), "second");
                parts.close();
                readUntil(connection.getInputStream(), "0\r\n\r\n");
                connection
                        .getOutputStream()
                        .write("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.UTF_8));
                assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(201);
            }
        }
    }

    private static void readUntil(InputStream in, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            int c = in.read();
            assertThat(c).as("the end after " + read).isNotNegative();
            read.append((char) c);
        }
    }

    @Test
    void shouldPassBodiesLargerThanAnyBuffer() throws IOException, InterruptedException {
        // Given
        int size = 40 << 20;
        fixture.upstream.answers(exchange -> {
            exchange.sendResponseHeaders(200, size);
            try (OutputStream out = exchange.getResponseBody()) {
                byte[] part = new byte[1 << 20];
                for (int i = 0; i < 40; i++) {
                    out.write(part);
                }
            }
        });

        // When
        AtomicLong received = new AtomicLong();
        HttpResponse<Void> answer = HttpClient.newHttpClient()
                .send(
                        fixture.request("/a")
                                .timeout(Duration.ofMinutes(2)) // 80 MB, on a machine that is busy
                                .POST(BodyPublishers.ofByteArray(new byte[size]))
                                .build(),
                        BodyHandlers.ofByteArrayConsumer(
                                part -> part.ifPresent(bytes -> received.addAndGet(bytes.length))));

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(received).hasValue(size);
        assertThat(fixture.upstream.last().body()).hasSize(size);
    }

    @Test
    void shouldBreakOffWhereTheUpstreamDoes() throws Exception {
        // Given: a server that promises 10 bytes and sends 4
        try (ServerSocket server = serverByHand();
                GatewayFixture before = GatewayFixture.given(POLICY)
                        .before(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                        .start()) {
            CompletableFuture<HttpResponse<String>> answer =
                    HttpClient.newHttpClient().sendAsync(before.request("/a").build(), BodyHandlers.ofString());
            try (Socket connection = accept(server)) {
                readUntil(connection.getInputStream(), "\r\n\r\n");
                connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".getBytes(StandardCharsets.UTF_8));
                connection.getOutputStream().flush();
            }

            // Then
            assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldAskAgainWhereAnIdleConnectionWasJustClosed() throws Exception {
        // Given: a server that closes each connection as the second request comes
        try (ServerSocket server = serverByHand();
                GatewayFixture before = GatewayFixture.given(POLICY)
                        .before(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                        .start()) {
            HttpClient client = HttpClient.newHttpClient(); // both on one event loop, and so by one connection
            byte[] ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.UTF_8);
            CompletableFuture<HttpResponse<String>> first =
                    client.sendAsync(before.request("/1").build(), BodyHandlers.ofString());
            try (Socket connection = accept(server)) {
                readUntil(connection.getInputStream(), "\r\n\r\n");
                connection.getOutputStream().write(ok);
                assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);

                // When
                CompletableFuture<HttpResponse<String>> second =
                        client.sendAsync(before.request("/2").build(), BodyHandlers.ofString());
                readUntil(connection.getInputStream(), "\r\n\r\n");
                connection.shutdownOutput();
                try (Socket another = accept(server)) {
                    readUntil(another.getInputStream(), "\r\n\r\n");
                    another.getOutputStream().write(ok);

                    // Then
                    assertThat(second.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
                }
            }
            assertThat(before.asked).hasSize(2);
        }
    }

    @Test
    void shouldLetRequestsInFlightEndWhenItIsClosed() throws Exception {
        // Given
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch more = new CountDownLatch(1);
        fixture.upstream.answers(exchange -> {
            arrived.countDown();
            awaitQuietly(more);
            EchoUpstream.answer(exchange, 200, "served");
        });
        CompletableFuture<HttpResponse<String>> answer =
                HttpClient.newHttpClient().sendAsync(fixture.request("/a").build(), BodyHandlers.ofString());
        awaitQuietly(arrived);

        // When
        CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> fixture.gateway.close());
        await().during(Duration.ofMillis(300)).until(() -> !closed.isDone());
        more.countDown();

        // Then
        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("served");
        closed.get(20, TimeUnit.SECONDS);
        assertThatThrownBy(() -> fixture.get("/b")).isInstanceOf(IOException.class);
    }
}
