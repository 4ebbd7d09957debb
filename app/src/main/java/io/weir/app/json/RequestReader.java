package io.weir.app.json;

import com.fasterxml.jackson.core.JsonToken;
import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads request events from JSON lines.
 *
 * <p>{@code timestamp} (epoch ms), {@code domain}, {@code method} and {@code path} are required; the rest may be absent
 * or null: {@code requestId}, {@code ip}, {@code token}, {@code device}, {@code account}, {@code profile}, {@code user},
 * {@code hits} (default 1), {@code attributes} (strings, numbers and booleans by name), {@code report} (default false)
 * and {@code status}. Fields it does not know are ignored. Has no state: any number of threads may share one.
 */
public final class RequestReader {

    /** @throws BadLineException when the line is no such request */
    public Request read(String line, long lineNumber) throws BadLineException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return read(bytes, 0, bytes.length, lineNumber);
    }

    /**
     * @param lineNumber counted from 1, for messages
     * @throws BadLineException when the bytes are no such request
     */
    public Request read(byte[] line, int offset, int length, long lineNumber) throws BadLineException {
        Fields fields = new Fields();
        String problem;
        try {
            problem = new LineParser(line, offset, length).readObject(fields);
            if (problem == null) {
                return fields.request();
            }
        } catch (IOException | InvalidRequestException e) {
            problem = String.valueOf(e.getMessage());
        }
        throw new BadLineException(lineNumber, fields.requestId, problem);
    }

    private static final class Fields implements LineParser.FieldSink {
        private @Nullable String requestId;
        private long timestamp = -1;
        private boolean timed;
        private @Nullable String domain;
        private @Nullable String method;
        private @Nullable String path;
        private @Nullable String ip;
        private @Nullable String token;
        private @Nullable String device;
        private @Nullable String account;
        private @Nullable String profile;
        private @Nullable String user;
        private long hits = 1;
        private Map<String, String> attributes = Map.of();
        private boolean report;
        private int status;

        @Override
        public boolean field(LineParser line, String name, JsonToken value) throws IOException {
            switch (name) {
                case "requestId" -> requestId = line.text(name, value);
                case "timestamp" -> {
                    timed = value != JsonToken.VALUE_NULL;
                    timestamp = line.integer(name, value, -1, "epoch milliseconds");
                }
                case "domain" -> domain = line.text(name, value);
                case "method" -> method = line.text(name, value);
                case "path" -> path = line.text(name, value);
                case "ip" -> ip = line.text(name, value);
                case "token" -> token = line.text(name, value);
                case "device" -> device = line.text(name, value);
                case "account" -> account = line.text(name, value);
                case "profile" -> profile = line.text(name, value);
                case "user" -> user = line.text(name, value);
                case "hits" -> hits = line.integer(name, value, 1, "a whole number of hits");
                case "attributes" -> attributes = line.texts(name, value);
                case "report" -> report = line.bool(name, value);
                case "status" -> {
                    long code = line.integer(name, value, 0, "an HTTP status");
                    if (code < 0 || code > 999) {
                        line.problem("status: expected an HTTP status, found " + code);
                    }
                    status = (int) code;
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        Request request() {
            if (!timed) {
                throw new InvalidRequestException("timestamp: expected epoch milliseconds, found none");
            }
            return new Request(
                    requestId,
                    timestamp,
                    required("domain", domain),
                    required("method", method),
                    required("path", path),
                    ip,
                    token,
                    device,
                    account,
                    profile,
                    user,
                    hits,
                    attributes,
                    report,
                    status);
        }

        private static String required(String field, @Nullable String value) {
            if (value == null || value.isEmpty()) {
                throw new InvalidRequestException(
                        field + ": expected text, found " + (value == null ? "none" : "an empty string"));
            }
            return value;
        }
    }
}
