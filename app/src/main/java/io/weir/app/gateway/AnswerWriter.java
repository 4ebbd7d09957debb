package io.weir.app.gateway;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.weir.app.answer.Answer;
import java.util.Map;

/** Answers as HTTP responses. */
final class AnswerWriter {
    private final HeaderSpelling spelling;

    AnswerWriter(HeaderSpelling spelling) {
        this.spelling = spelling;
    }

    /** A whole answer, of content length 0 where it has no body. */
    HttpResponse response(ServiceRequestContext context, Answer answer) {
        HttpData body = HttpData.ofUtf8(answer.body());
        ResponseHeadersBuilder headers = ResponseHeaders.builder(HttpStatus.valueOf(answer.status()));
        add(answer.headers(), headers);
        headers.setLong(HttpHeaderNames.CONTENT_LENGTH, body.length());
        String reason = answer.reason();
        if (reason != null && ReasonPhrases.possible(context)) {
            headers.set(ReasonPhrases.HEADER, reason);
        }
        return HttpResponse.of(headers.build(), body);
    }

    /** An upstream's response with the headers of an answer in place of its own of those names. */
    ResponseHeaders added(ResponseHeaders response, Answer answer) {
        if (answer.headers().isEmpty()) {
            return response;
        }
        ResponseHeadersBuilder headers = response.toBuilder();
        add(answer.headers(), headers);
        return headers.build();
    }

    private void add(Map<String, String> from, ResponseHeadersBuilder headers) {
        from.forEach((name, value) -> {
            spelling.learn(name);
            headers.set(name, value);
        });
    }
}
