package io.weir.app.envoy;

import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.grpc.stub.StreamObserver;
import io.weir.app.answer.Answer;
import io.weir.app.answer.Answering;
import io.weir.app.answer.Answering.Answered;
import io.weir.app.answer.Problem;
import io.weir.app.identity.BadRequestException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Envoy's external authorization, version 3: the whole request is decided, and a denial has the policy's status, headers and
 * body. The domain is the route's context extension {@code domain}, or else the gateway's.
 */
final class Authorizations extends AuthorizationGrpc.AuthorizationImplBase {
    private static final String DOMAIN = "domain";

    private final Answering answering;
    private final boolean lenientPaths;

    Authorizations(Answering answering, boolean lenientPaths) {
        this.answering = answering;
        this.lenientPaths = lenientPaths;
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> observer) {
        Replies.mayBeLost(observer);
        CompletionStage<Answered> asked;
        try {
            String domain = request.getAttributes().getContextExtensionsMap().get(DOMAIN);
            CheckedRequest checked = CheckedRequest.of(request.getAttributes(), lenientPaths);
            asked = (domain == null ? answering : answering.of(domain)).answer(checked, 1);
        } catch (BadRequestException refused) {
            Replies.send(
                    observer,
                    denied(Problem.of(400, "Bad Request", refused.getMessage()).answer(), Code.INVALID_ARGUMENT));
            return;
        }
        var unused = asked.whenComplete(
                (answered, failure) -> Replies.complete(observer, failure, () -> response(answered)));
    }

    private static CheckResponse response(Answered answered) {
        if (!answered.passes()) {
            return denied(answered.answer(), Code.PERMISSION_DENIED);
        }
        return CheckResponse.newBuilder()
                .setStatus(Status.newBuilder().setCode(Code.OK_VALUE))
                .setOkResponse(OkHttpResponse.newBuilder().addAllResponseHeadersToAdd(headers(answered.answer())))
                .build();
    }

    private static CheckResponse denied(Answer answer, Code code) {
        return CheckResponse.newBuilder()
                .setStatus(Status.newBuilder().setCode(code.getNumber()))
                .setDeniedResponse(DeniedHttpResponse.newBuilder()
                        .setStatus(HttpStatus.newBuilder().setCode(known(answer.status())))
                        .addAllHeaders(headers(answer))
                        .setBody(answer.body()))
                .build();
    }

    /** Envoy refuses an answer with a status that it has no name for. */
    private static StatusCode known(int status) {
        StatusCode code = StatusCode.forNumber(status);
        return code == null ? StatusCode.TooManyRequests : code;
    }

    private static List<HeaderValueOption> headers(Answer answer) {
        return answer.headers().entrySet().stream()
                .map(header -> HeaderValueOption.newBuilder()
                        .setHeader(
                                HeaderValue.newBuilder().setKey(header.getKey()).setValue(header.getValue()))
                        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                        .build())
                .toList();
    }
}
