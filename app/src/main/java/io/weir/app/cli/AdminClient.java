package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.json.ProblemReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks an enforcer's admin API. */
final class AdminClient {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;

    private final URI base;

    private final @Nullable String token;

    /**
     * @param tokenFile holds the token to show, or null
     * @throws UserException when it is no HTTP address, or there is no such file
     */
    AdminClient(String url, @Nullable Path tokenFile) {
        token = tokenFile == null ? null : token(tokenFile);
        try {
            base = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
        } catch (IllegalArgumentException wrong) {
            throw wrong(url);
        }
        boolean http = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
        if (!http || base.getHost() == null) {
            throw wrong(url);
        }
    }

    private static UserException wrong(String url) {
        return UserException.wrongUsage("--admin: expected a URL like http://127.0.0.1:8090, found '" + url + "'");
    }

    /**
     * The body of an answer.
     *
     * @throws UserException when nobody answers, or the answer is an error
     */
    byte[] get(String path, Map<String, String> query) throws InterruptedException {
        URI uri = URI.create(base + path + "?"
                + query.entrySet().stream()
                        .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                        .collect(Collectors.joining("&")));
        HttpResponse<byte[]> answer;
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
            if (token != null) {
                request.header("Authorization", "Bearer " + token);
            }
            answer = HttpClient.newBuilder()
                    .connectTimeout(PATIENCE)
                    .build()
                    .send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException silent) {
            throw UserException.failed(
                    "admin API " + base + ": expected an enforcer that answers, found " + silent
                            + "; is weir run there? Another address: --admin URL",
                    silent);
        }
        if (answer.statusCode() != OK) {
            String message = "admin API " + base + ": " + detail(answer);
            throw answer.statusCode() == BAD_REQUEST
                    ? UserException.wrongUsage(message)
                    : UserException.failed(message);
        }
        return answer.body();
    }

    /** The one word in a file. */
    static String token(Path file) {
        try {
            String token = Files.readString(file).strip();
            if (!token.matches("[\\x21-\\x7e]+")) {
                throw UserException.wrongUsage(file + ": expected one token, found "
                        + (token.isEmpty() ? "nothing" : "spaces or other characters in it"));
            }
            return token;
        } catch (IOException unreadable) {
            throw UserException.wrongUsage(file + ": expected a file that holds a token, found "
                    + (Files.exists(file) ? unreadable.getMessage() : "none"));
        }
    }

    private static String detail(HttpResponse<byte[]> answer) {
        String detail = ProblemReader.detail(answer.body());
        return detail == null ? "expected status 200, found " + answer.statusCode() : detail;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
