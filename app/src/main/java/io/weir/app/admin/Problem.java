package io.weir.app.admin;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;

/**
 * An error as RFC 9457 has it.
 *
 * @param detail what was expected and what was found
 * @param retryAfterS seconds after which it may be another, 0 where time is not what is wrong
 */
record Problem(HttpStatus status, String detail, int retryAfterS) {
    static final MediaType TYPE = MediaType.create("application", "problem+json");

    static Problem badRequest(String detail) {
        return new Problem(HttpStatus.BAD_REQUEST, detail, 0);
    }

    static Problem notFound(String detail) {
        return new Problem(HttpStatus.NOT_FOUND, detail, 0);
    }

    /** Not now. */
    static Problem unavailable(String detail) {
        return new Problem(HttpStatus.SERVICE_UNAVAILABLE, detail, 1);
    }

    HttpResponse response() {
        return aggregated().toHttpResponse();
    }

    AggregatedHttpResponse aggregated() {
        var headers = ResponseHeaders.builder(status).contentType(TYPE);
        if (retryAfterS > 0) {
            headers.setInt(HttpHeaderNames.RETRY_AFTER, retryAfterS);
        }
        return AggregatedHttpResponse.of(headers.build(), Json.data(json -> {
            json.writeStringField("type", "about:blank");
            json.writeStringField("title", status.reasonPhrase());
            json.writeNumberField("status", status.code());
            json.writeStringField("detail", detail);
        }));
    }
}
