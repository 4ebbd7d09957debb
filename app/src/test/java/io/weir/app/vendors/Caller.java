package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who calls a vendor's API over HTTP.
 *
 * @param identity the identities its requests carry, by their names in events; {@code plan} is an attribute
 */
record Caller(VendorApi api, Map<String, String> identity) {
    private static final Map<String, String> HEADERS = Map.of(
            "ip", "X-Forwarded-For",
            "account", "X-Account-Id",
            "profile", "X-Profile-Id",
            "device", "X-Device-Id",
            "plan", "X-Plan");

    static Caller at(VendorApi api, String ip) {
        return new Caller(api, Map.of("ip", ip));
    }

    /** The same with another token, account, profile, device or plan. */
    Caller with(String name, String value) {
        Map<String, String> changed = new HashMap<>(identity);
        changed.put(name, value);
        return new Caller(api, changed);
    }

    private HttpRequest request(String method, String path, String body) {
        return request(path)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(api.url(path))).timeout(VendorApi.PATIENCE);
        identity.forEach((name, value) -> {
            if (name.equals("token")) {
                request.header("Authorization", "Bearer " + value);
            } else {
                request.header(String.valueOf(HEADERS.get(name)), value);
            }
        });
        return request;
    }

    /** What a server of another protocol is told that asks over HTTP whether this may be done. */
    HttpResponse<String> asked(String verb, String path) throws IOException, InterruptedException {
        return api.send(request(VendorApi.ASKED_AT)
                .headers("X-Forwarded-Method", verb, "X-Forwarded-Uri", path)
                .build());
    }

    HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return api.send(request(method, path, ""));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return api.send(request("POST", path, body));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path);
    }

    /** So many equal requests at once. */
    List<HttpResponse<String>> burst(int requests, String method, String path)
            throws InterruptedException, ExecutionException {
        return api.send(Collections.nCopies(requests, request(method, path, "")));
    }

    /** How many of so many equal requests at once are served; the others are denied with that status. */
    int served(int requests, String method, String path, int denial) throws InterruptedException, ExecutionException {
        List<HttpResponse<String>> answers = new ArrayList<>(burst(requests, method, path));
        answers.removeIf(answer -> answer.statusCode() == 200);
        assertThat(answers).extracting(HttpResponse::statusCode).allMatch(status -> status == denial);
        return requests - answers.size();
    }

    /** The event that says the same. */
    Request event(String method, String path, long hits) {
        @Nullable String plan = identity.get("plan");
        return new Request(
                null,
                api.now(),
                api.domain(),
                method,
                path,
                identity.get("ip"),
                identity.get("token"),
                identity.get("device"),
                identity.get("account"),
                identity.get("profile"),
                null,
                hits,
                plan == null ? Map.of() : Map.of("plan", plan),
                false,
                0);
    }

    /** Has so many requests count as served already, without sending them: by one report. */
    void used(long requests, String method, String path) {
        api.report(event(method, path, requests));
    }

    /** What operators see used now: hits by {@code rule.limit}. */
    Map<String, Long> usage() throws IOException, InterruptedException {
        Map<String, Long> used = new TreeMap<>();
        StringBuilder query = new StringBuilder("at=").append(api.now());
        identity.forEach(
                (name, value) -> query.append('&').append(name).append('=').append(value));
        api.admin("/api/usage", query.toString())
                .get("limits")
                .forEach(limit -> used.put(
                        limit.get("rule").asText() + "." + limit.get("window").asText(),
                        limit.get("current").asLong()));
        return used;
    }
}
