package io.weir.app.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.weir.engine.decide.CurrentUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code /api/usage} answers, and its JSON.
 *
 * @param timestamp the time asked for, in epoch ms
 */
public record UsageAnswer(String domain, long timestamp, List<CurrentUsage> limits) {
    public UsageAnswer {
        limits = List.copyOf(limits);
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStringField("domain", domain);
        json.writeNumberField("timestamp", timestamp);
        json.writeArrayFieldStart("limits");
        for (CurrentUsage limit : limits) {
            json.writeStartObject();
            json.writeStringField("rule", limit.rule());
            Json.texts(json, "key", limit.key());
            json.writeStringField("window", limit.window());
            json.writeNumberField("windowMs", limit.windowMs());
            json.writeNumberField("limit", limit.limit());
            json.writeNumberField("current", limit.current());
            json.writeNumberField("remaining", limit.remaining());
            json.writeNumberField("resetAt", limit.resetAt());
            if (limit.shadow()) {
                json.writeBooleanField("shadow", true);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /**
     * Reads an answer; fields that are not known are passed over.
     *
     * @throws IOException when it is none
     */
    public static UsageAnswer read(byte[] bytes) throws IOException {
        String domain = "";
        long timestamp = 0;
        List<CurrentUsage> limits = new ArrayList<>();
        try (JsonParser json = Json.FACTORY.createParser(bytes)) {
            Json.expect(json, JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                if (field.equals("domain")) {
                    domain = json.getText();
                } else if (field.equals("timestamp")) {
                    timestamp = json.getLongValue();
                } else if (field.equals("limits") && value == JsonToken.START_ARRAY) {
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        limits.add(limit(json));
                    }
                } else {
                    json.skipChildren();
                }
            }
        }
        return new UsageAnswer(domain, timestamp, limits);
    }

    private static CurrentUsage limit(JsonParser json) throws IOException {
        String rule = "";
        List<String> key = List.of();
        String window = "";
        long[] numbers = new long[NUMBERS.size()];
        boolean shadow = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            int number = NUMBERS.indexOf(field);
            if (number >= 0) {
                numbers[number] = json.getLongValue();
                continue;
            }
            switch (field) {
                case "rule" -> rule = json.getText();
                case "key" -> key = Json.texts(json);
                case "window" -> window = json.getText();
                case "shadow" -> shadow = json.getBooleanValue();
                default -> json.skipChildren();
            }
        }
        return new CurrentUsage(rule, key, window, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], shadow);
    }

    private static final List<String> NUMBERS = List.of("windowMs", "limit", "current", "remaining", "resetAt");
}
