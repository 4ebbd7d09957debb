package io.weir.app.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.weir.schemas.avro.UsageRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code /api/usage/history} answers, and its JSON.
 *
 * @param from the windows began then or later, in epoch ms
 * @param to the windows began then or earlier, in epoch ms
 */
public record HistoryAnswer(String domain, long from, long to, List<UsageRecord> windows) {
    public HistoryAnswer {
        windows = List.copyOf(windows);
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStringField("domain", domain);
        json.writeNumberField("from", from);
        json.writeNumberField("to", to);
        json.writeArrayFieldStart("windows");
        for (UsageRecord window : windows) {
            json.writeStartObject();
            json.writeStringField("rule", window.getRule());
            Json.texts(json, "key", window.getKey());
            json.writeStringField("window", window.getWindow());
            json.writeNumberField("from", window.getFrom());
            json.writeNumberField("until", window.getUntil());
            json.writeNumberField("consumed", window.getConsumed());
            json.writeBooleanField("closed", window.getClosed());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /**
     * Reads an answer; fields that are not known are passed over.
     *
     * @throws IOException when it is none
     */
    public static HistoryAnswer read(byte[] bytes) throws IOException {
        String domain = "";
        long from = 0;
        long to = 0;
        List<UsageRecord> windows = new ArrayList<>();
        try (JsonParser json = Json.FACTORY.createParser(bytes)) {
            Json.expect(json, JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                if (field.equals("domain")) {
                    domain = json.getText();
                } else if (field.equals("from")) {
                    from = json.getLongValue();
                } else if (field.equals("to")) {
                    to = json.getLongValue();
                } else if (field.equals("windows") && value == JsonToken.START_ARRAY) {
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        windows.add(window(domain, json));
                    }
                } else {
                    json.skipChildren();
                }
            }
        }
        return new HistoryAnswer(domain, from, to, windows);
    }

    private static UsageRecord window(String domain, JsonParser json) throws IOException {
        UsageRecord window = new UsageRecord(domain, "", "", List.of(), 0L, 0L, 0L, false);
        UsageRecord.Builder read = UsageRecord.newBuilder(window);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "rule" -> read.setRule(json.getText());
                case "key" -> read.setKey(Json.texts(json));
                case "window" -> read.setWindow(json.getText());
                case "from" -> read.setFrom(json.getLongValue());
                case "until" -> read.setUntil(json.getLongValue());
                case "consumed" -> read.setConsumed(json.getLongValue());
                case "closed" -> read.setClosed(json.getBooleanValue());
                default -> json.skipChildren();
            }
        }
        return read.build();
    }
}
