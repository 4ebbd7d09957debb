package io.weir.app.gateway;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.weir.app.answer.Answering;
import io.weir.app.answer.Answering.Answered;
import io.weir.app.answer.Problem;
import io.weir.app.identity.ClientRequest;
import io.weir.app.identity.Target;
import io.weir.engine.match.RequestPath;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.UsageEndpoint;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has each request decided and passes it on, or answers it. */
final class GatewayService implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);

    private final Answering answering;
    private final Upstream upstream;
    private final Forwarding forwarding;
    private final AdminUsage usage;
    private final AnswerWriter writer;
    private final boolean lenientPaths;

    GatewayService(
            Answering answering,
            Upstream upstream,
            Forwarding forwarding,
            AdminUsage usage,
            AnswerWriter writer,
            boolean lenientPaths) {
        this.answering = answering;
        this.upstream = upstream;
        this.forwarding = forwarding;
        this.usage = usage;
        this.writer = writer;
        this.lenientPaths = lenientPaths;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        Target target = Target.parse(context.rawPath(), lenientPaths);
        ClientRequest client = new HttpClientRequest(request.headers(), target, context.remoteAddress());
        Policy policy = asksForUsage(client);
        if (policy != null) {
            return HttpResponse.of(usage(context, client, policy));
        }
        return HttpResponse.of(answering
                .answer(client, 1)
                .thenApplyAsync(answered -> answered(context, request, client, answered), context.eventLoop()));
    }

    private HttpResponse answered(
            ServiceRequestContext context, HttpRequest request, ClientRequest client, Answered answered) {
        Gateway.outcome(context, answered.passes());
        if (!answered.passes()) {
            return writer.response(context, answered.answer());
        }
        String scheme = context.sessionProtocol().isTls() ? "https" : "http";
        String version = context.sessionProtocol().isMultiplex() ? "2" : "1.1";
        return upstream.pass(
                        request,
                        forwarding.request(request.headers(), client, scheme, version),
                        failure -> writer.response(context, failure))
                .mapHeaders(headers -> response(headers, answered));
    }

    private ResponseHeaders response(ResponseHeaders headers, Answered answered) {
        answering.outcome(answered, headers.status().code());
        return writer.added(forwarding.response(headers), answered.answer());
    }

    /** The policy in force, if that is its usage path. */
    private @Nullable Policy asksForUsage(ClientRequest request) {
        Policy policy = answering.policy();
        UsageEndpoint endpoint = policy == null ? null : policy.usage();
        boolean reads = request.method().equals(HttpMethod.GET.name())
                || request.method().equals(HttpMethod.HEAD.name());
        if (policy == null || endpoint == null || !reads) {
            return null;
        }
        String asked =
                RequestPath.parse(request.target().path(), policy.ignoreCase()).toString();
        String answered =
                RequestPath.parse(endpoint.path(), policy.ignoreCase()).toString();
        return asked.equals(answered) ? policy : null;
    }

    private CompletionStage<HttpResponse> usage(ServiceRequestContext context, ClientRequest client, Policy policy) {
        UsageEndpoint endpoint = policy.usage();
        long hits = endpoint != null && endpoint.counted() ? 1 : 0;
        return answering
                .answer(client, hits)
                .thenComposeAsync(
                        answered -> {
                            Gateway.outcome(context, answered.passes());
                            return answered.passes()
                                    ? usage(context, policy, answered)
                                    : CompletableFuture.completedStage(writer.response(context, answered.answer()));
                        },
                        context.eventLoop());
    }

    private CompletionStage<HttpResponse> usage(ServiceRequestContext context, Policy policy, Answered answered) {
        return usage.of(answered.request())
                .handleAsync(
                        (limits, failure) -> {
                            if (failure == null) {
                                return writer.response(context, answering.usage(policy, answered.request(), limits));
                            }
                            LOG.warn("usage cannot be told: {}", String.valueOf(failure.getMessage()));
                            return writer.response(
                                    context,
                                    Problem.of(503, "Service Unavailable", "usage cannot be told at the moment")
                                            .answer(Map.of("Retry-After", "1")));
                        },
                        context.eventLoop());
    }
}
