package io.weir.app.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An RFC 9457 problem.
 *
 * @param type a URI, or null for one that the status tells
 * @param title what kind of problem it is
 * @param detail what is the matter this time, or null
 * @param violated names of the limits, blocks or lists that denied; empty where none did
 */
public record Problem(
        @Nullable String type,
        String title,
        int status,
        @Nullable String detail,
        List<String> violated) {
    public static final String CONTENT_TYPE = "application/problem+json";
    private static final JsonFactory JSON = new JsonFactory();
    private static final String TYPES = "https://iana.org/assignments/http-problem-types#";

    public Problem {
        violated = List.copyOf(violated);
    }

    /** A problem that its status tells. */
    public static Problem of(int status, String title, @Nullable String detail) {
        return new Problem(null, title, status, detail, List.of());
    }

    static Problem quotaExceeded(int status, List<String> violated) {
        return new Problem(
                TYPES + "quota-exceeded",
                "Request cannot be satisfied as assigned quota has been exceeded",
                status,
                null,
                violated);
    }

    static Problem abnormalUsage(int status, List<String> violated) {
        return new Problem(
                TYPES + "abnormal-usage-detected",
                "Request not satisfied due to detection of abnormal request pattern",
                status,
                null,
                violated);
    }

    static Problem reducedCapacity(int status, String detail) {
        return new Problem(
                TYPES + "temporary-reduced-capacity",
                "Request cannot be satisfied due to temporary server capacity constraints",
                status,
                detail,
                List.of());
    }

    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            if (type != null) {
                json.writeStringField("type", type);
            }
            json.writeStringField("title", title);
            json.writeNumberField("status", status);
            if (detail != null) {
                json.writeStringField("detail", detail);
            }
            if (!violated.isEmpty()) {
                json.writeArrayFieldStart("violated-policies");
                for (String each : violated) {
                    json.writeString(each);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string takes all that is written to it", impossible);
        }
        return text.toString();
    }

    /** The answer that has it as body. */
    public Answer answer() {
        return answer(Map.of());
    }

    /** The answer that has it as body, with these headers too. */
    public Answer answer(Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", CONTENT_TYPE);
        return new Answer(status, null, all, json());
    }
}
