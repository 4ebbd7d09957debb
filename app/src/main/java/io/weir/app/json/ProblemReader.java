package io.weir.app.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what a problem (RFC 9457) says. */
public final class ProblemReader {
    private ProblemReader() {}

    /** The problem's detail, or null where the bytes are no problem. */
    public static @Nullable String detail(byte[] bytes) {
        try (JsonParser json = LineParser.JSON.createParser(bytes)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String field = json.currentName();
                    json.nextToken();
                    if (field.equals("detail")) {
                        return json.getText();
                    }
                    json.skipChildren();
                }
            }
            return null;
        } catch (IOException another) {
            return null;
        }
    }
}
