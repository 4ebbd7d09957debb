package io.weir.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks a gateway as a server does that has it authorize a request of its own. */
final class ForwardAuthClient {
    private ForwardAuthClient() {}

    /** The status of the answer for {@code GET /a} of somebody with that token. */
    static int status(String url, String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + token)
                .header("X-Forwarded-Method", "GET")
                .header("X-Forwarded-Uri", "/a")
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
