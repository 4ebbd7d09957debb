package io.weir.app.admin;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.weir.topology.UnsettledException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every error as a problem; what is our fault is logged too. */
final class ProblemErrors implements ServerErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemErrors.class);

    @Override
    public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        return problem(context.path(), cause).response();
    }

    static Problem problem(String path, Throwable cause) {
        if (cause instanceof BadQuestionException) {
            return Problem.badRequest(String.valueOf(cause.getMessage()));
        }
        if (cause instanceof UnsettledException) {
            return Problem.unavailable(String.valueOf(cause.getMessage()));
        }
        if (cause instanceof HttpStatusException answered) {
            return new Problem(answered.httpStatus(), path, 0);
        }
        LOG.error("{} failed on an error that was not expected", path, cause);
        return new Problem(HttpStatus.INTERNAL_SERVER_ERROR, "a bug; the enforcer's log says more", 0);
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        String detail = headers == null ? "" : headers.method() + " " + headers.path();
        return new Problem(status, description == null ? detail : detail + ": " + description, 0).aggregated();
    }
}
