package io.weir.app.gateway;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.weir.app.answer.Answer;
import io.weir.app.answer.Problem;
import io.weir.app.identity.BadRequestException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what the gateway itself refuses, requests that are no HTTP included, as problems; what is our fault is logged too. */
final class ProblemErrors implements ServerErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemErrors.class);

    private final IntConsumer early;

    /** @param early hears the statuses of requests that are refused before anybody sees them */
    ProblemErrors(IntConsumer early) {
        this.early = early;
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        if (cause instanceof BadRequestException refused) {
            return aggregated(HttpStatus.BAD_REQUEST, refused.getMessage()).toHttpResponse();
        }
        LOG.error("{} {} failed on an error that was not expected", context.method(), context.path(), cause);
        return aggregated(HttpStatus.INTERNAL_SERVER_ERROR, "a bug; the gateway's log says more")
                .toHttpResponse();
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        if (context == null) {
            early.accept(status.code());
        }
        return aggregated(status, description);
    }

    private static AggregatedHttpResponse aggregated(HttpStatus status, @Nullable String detail) {
        Answer answer = Problem.of(status.code(), status.reasonPhrase(), detail).answer();
        ResponseHeaders headers = ResponseHeaders.of(status, HttpHeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE);
        return AggregatedHttpResponse.of(headers, HttpData.ofUtf8(answer.body()));
    }
}
