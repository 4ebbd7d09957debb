package io.weir.app.identity;

import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, as far as known and believed.
 *
 * @param ip the client's address
 * @param attributes whatever else policies refer to, such as the plan
 */
public record Client(
        String ip,
        @Nullable String token,
        @Nullable String device,
        @Nullable String account,
        @Nullable String profile,
        @Nullable String user,
        Map<String, String> attributes) {
    public Client {
        attributes = Map.copyOf(attributes);
    }

    /**
     * The event that says so.
     *
     * @param hits units the request consumes; 0 asks without consuming
     * @param timestamp epoch milliseconds
     * @throws BadRequestException when something of it is longer than a request may have
     */
    public Request request(String domain, ClientRequest request, long timestamp, long hits) {
        try {
            return new Request(
                    null,
                    timestamp,
                    domain,
                    request.method(),
                    request.target().toString(),
                    ip,
                    token,
                    device,
                    account,
                    profile,
                    user,
                    hits,
                    attributes,
                    false,
                    0);
        } catch (InvalidRequestException tooLong) {
            throw new BadRequestException(String.valueOf(tooLong.getMessage()));
        }
    }
}
