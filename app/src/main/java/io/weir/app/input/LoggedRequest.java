package io.weir.app.input;

import io.weir.app.json.BadLineException;
import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of a log. A log knows its clients by address only, so the address also stands in for the token, the account
 * and the profile: whatever a policy counts by, each client is one subject. The request id is the line number.
 */
final class LoggedRequest {
    private LoggedRequest() {}

    static Line of(
            long lineNumber,
            String domain,
            String client,
            @Nullable String user,
            long timestamp,
            String method,
            String path)
            throws BadLineException {
        String id = Long.toString(lineNumber);
        try {
            return new Line.Good(new Request(
                    id, timestamp, domain, method, path, client, client, null, client, client, user, 1, Map.of(), false,
                    0));
        } catch (InvalidRequestException e) {
            throw new BadLineException(lineNumber, id, String.valueOf(e.getMessage()));
        }
    }
}
