package io.weir.app.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.weir.app.answer.Answer;
import io.weir.app.answer.Problem;
import io.weir.app.identity.Target;
import io.weir.app.identity.TrustedProxies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers that travel in a header, {@code Weir-Answer}, through a server that can tell its clients no others than its own, as
 * nginx's {@code auth_request}: that server brings the header here and passes on what it gets, which is the answer in full. The
 * gateway keeps nothing of it in between.
 */
final class CarriedAnswers implements HttpService {
    private static final String ANSWER = "Weir-Answer";
    private static final String STATUS = "Weir-Status";
    private static final String REASON = "Weir-Reason";

    /** A longer answer travels without its body, in characters: servers bound the headers that they read. */
    static final int MAX_LENGTH = 12 * 1024;

    private static final JsonFactory JSON = new JsonFactory();

    private final TrustedProxies proxies;
    private final AnswerWriter writer;

    CarriedAnswers(TrustedProxies proxies, AnswerWriter writer) {
        this.proxies = proxies;
        this.writer = writer;
    }

    /**
     * An answer told under another status, carrying what it is: for servers that bring it back in {@code Weir-Answer}, for
     * those that answer themselves in {@code Weir-Status} and {@code Weir-Reason}, beside its headers and body.
     */
    static Answer under(int status, Answer answer) {
        if (answer.headers().containsKey(ANSWER)) {
            return new Answer(status, null, answer.headers(), answer.body());
        }
        String carried = encoded(answer);
        if (carried.length() > MAX_LENGTH) {
            carried = encoded(new Answer(answer.status(), answer.reason(), answer.headers(), ""));
        }
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.put(STATUS, Integer.toString(answer.status()));
        if (answer.reason() != null) {
            headers.put(REASON, answer.reason());
        }
        headers.put(ANSWER, carried);
        return new Answer(status, null, headers, answer.body());
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        HttpClientRequest asked =
                new HttpClientRequest(request.headers(), new Target("/", null), context.remoteAddress());
        if (!proxies.trusts(asked.peer())) {
            return writer.response(context, ForwardAuth.untrusted(asked));
        }
        String carried = request.headers().get(ANSWER);
        Answer answer = carried == null ? null : decoded(carried);
        return writer.response(
                context,
                answer != null
                        ? answer
                        : Problem.of(403, "Forbidden", "refused by the server, which brought no answer of Weir's")
                                .answer());
    }

    private static String encoded(Answer answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("status", answer.status());
            json.writeStringField("reason", answer.reason() == null ? "" : answer.reason());
            json.writeStringField("body", answer.body());
            json.writeObjectFieldStart("headers");
            for (Map.Entry<String, String> header : answer.headers().entrySet()) {
                json.writeStringField(header.getKey(), header.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory takes all that is written to it", impossible);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /** Null where it is no answer of ours. */
    private static @Nullable Answer decoded(String text) {
        try (JsonParser json = JSON.createParser(Base64.getUrlDecoder().decode(text))) {
            int status = 0;
            String reason = "";
            String body = "";
            Map<String, String> headers = new LinkedHashMap<>();
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "status" -> status = json.getIntValue();
                    case "reason" -> reason = printable(json.getText());
                    case "body" -> body = json.getText();
                    case "headers" -> {
                        while (json.nextToken() == JsonToken.FIELD_NAME) {
                            String header = named(json.currentName());
                            headers.put(header, printable(json.nextTextValue()));
                        }
                    }
                    default -> json.skipChildren();
                }
            }
            return status < 200 || status > 599
                    ? null
                    : new Answer(status, reason.isEmpty() ? null : reason, headers, body);
        } catch (IOException | IllegalArgumentException notOurs) {
            return null;
        }
    }

    private static String named(String header) {
        if (!header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
            throw new IllegalArgumentException("expected a header's name");
        }
        return header;
    }

    /** @throws IllegalArgumentException for what would not stay on its line */
    private static String printable(@Nullable String text) {
        if (text == null || !text.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
            throw new IllegalArgumentException("expected printable ASCII");
        }
        return text;
    }
}
