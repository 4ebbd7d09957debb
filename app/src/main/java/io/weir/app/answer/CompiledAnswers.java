package io.weir.app.answer;

import io.weir.engine.Decision;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.Responses;
import io.weir.engine.policy.Responses.Fields;
import io.weir.engine.policy.Responses.Response;
import io.weir.engine.policy.UsageEndpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The answers of one policy, its templates compiled. May be used by many threads. */
final class CompiledAnswers {
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Policy policy;
    private final RateLimitFields fields;
    private final Compiled allowed;
    private final Compiled throttled;
    private final Compiled blocked;
    private final @Nullable Template usage;

    /** A response's templates. */
    private record Compiled(
            Response written,
            Map<String, Template> headers,
            @Nullable Template body) {
        static Compiled of(Response written) {
            Map<String, Template> headers = new LinkedHashMap<>();
            written.headers().forEach((name, value) -> headers.put(name, Template.header(value)));
            String body = written.body();
            return new Compiled(written, headers, body == null ? null : Template.body(body, written.contentType()));
        }
    }

    CompiledAnswers(Policy policy) {
        Responses responses = policy.responses();
        this.policy = policy;
        this.fields = new RateLimitFields(policy);
        this.allowed = Compiled.of(responses.allowed());
        this.throttled = Compiled.of(responses.throttled());
        this.blocked = Compiled.of(responses.blocked());
        UsageEndpoint endpoint = policy.usage();
        this.usage = endpoint == null ? null : Template.body(endpoint.body(), endpoint.contentType());
    }

    Policy policy() {
        return policy;
    }

    Answer answer(Request request, Decision decision) {
        if (decision.allowed()) {
            return render(allowed, request, decision);
        }
        return switch (decision.reason()) {
            case BLOCKED, DENY_LISTED -> render(blocked, request, decision);
            case INVALID ->
                Problem.of(decision.status(), "Bad Request", decision.message()).answer();
            case UNAVAILABLE -> unavailable(decision);
            default -> render(throttled, request, decision);
        };
    }

    /** What is told where nobody knows and the policy is to deny then. */
    static Answer unavailable(Decision decision) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Retry-After", String.valueOf(Values.retryAfter(decision)));
        return Problem.reducedCapacity(decision.status(), "No decision on this request could be had in time")
                .answer(headers);
    }

    private Answer render(Compiled response, Request request, Decision decision) {
        Values values = Values.of(policy, request, decision);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        List<Fields> also = policy.responses().fields();
        if (also.contains(Fields.IETF)) {
            fields.ietf(decision, headers);
        }
        if (also.contains(Fields.CLASSIC)) {
            RateLimitFields.classic(decision, headers);
        }
        Long retryAfter = Values.retryAfter(decision);
        if (!also.isEmpty() && !decision.allowed() && retryAfter != null) {
            headers.put("Retry-After", Long.toString(retryAfter));
        }
        response.headers().keySet().forEach(headers::remove);
        Map<String, String> all = new LinkedHashMap<>(headers);
        response.headers().forEach((name, template) -> {
            String value = template.render(values);
            if (!values.missed()) {
                all.put(name, oneLine(value));
            }
        });
        String body = decision.allowed() ? "" : body(response, values, decision, all);
        return new Answer(response.written().status(), response.written().reason(), all, body);
    }

    private String body(Compiled response, Values values, Decision decision, Map<String, String> headers) {
        if (response.body() != null) {
            headers.put("Content-Type", contentType(response.written().contentType()));
            return response.body().render(values);
        }
        if (policy.responses().problems()) {
            headers.put("Content-Type", Problem.CONTENT_TYPE);
            int status = response.written().status();
            List<String> violated = fields.violated(decision);
            boolean quota = decision.reason() == Reason.OVER_LIMIT;
            return (quota ? Problem.quotaExceeded(status, violated) : Problem.abnormalUsage(status, violated)).json();
        }
        return "";
    }

    private static String contentType(@Nullable String stated) {
        return stated == null ? TEXT : stated;
    }

    /** A header's value stays one, whatever a name or path contained. */
    private static String oneLine(String value) {
        StringBuilder line = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            line.append(c < 0x20 || c > 0x7e ? '?' : c);
        }
        return line.toString();
    }

    Answer usage(Request request, List<LimitView> limits) {
        UsageEndpoint endpoint = policy.usage();
        if (endpoint == null || usage == null) {
            throw new IllegalStateException("policy " + policy.domain() + " has no usage path");
        }
        String body = usage.render(Values.ofUsage(policy, request, limits));
        Map<String, String> headers = Map.of("Content-Type", contentType(endpoint.contentType()));
        return new Answer(200, null, headers, body);
    }
}
