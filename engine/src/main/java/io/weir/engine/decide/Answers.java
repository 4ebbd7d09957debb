package io.weir.engine.decide;

import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers that no limit had a part in. */
final class Answers {
    private Answers() {}

    static Decision of(Request request, Reason reason, @Nullable String rule, @Nullable String message) {
        int status = reason == Reason.INVALID ? QuotaEngine.INVALID_STATUS : 200;
        return of(request, reason, status, rule, message, List.of());
    }

    static Decision of(
            Request request,
            Reason reason,
            int status,
            @Nullable String rule,
            @Nullable String message,
            List<String> shadowed) {
        boolean denied = reason == Reason.INVALID || reason == Reason.DENY_LISTED;
        return new Decision(
                request.requestId(),
                request.domain(),
                request.timestamp(),
                denied ? Outcome.DENY : Outcome.ALLOW,
                reason,
                status,
                rule,
                null,
                List.of(),
                0,
                0,
                shadowed,
                message);
    }
}
