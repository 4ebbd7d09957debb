package io.weir.app.gateway;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.weir.app.answer.Answer;
import io.weir.app.answer.Answering;
import io.weir.app.answer.Answering.Answered;
import io.weir.app.answer.Problem;
import io.weir.app.identity.BadRequestException;
import io.weir.app.identity.Target;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tells other servers whether to pass a request on: 200 with the headers to copy, or the policy's denial. In the query of the
 * path they ask, {@code domain} names another domain than the gateway's, and {@code deny=403} has each denial told under that
 * status, for servers that know only some: the real answer then travels in the header {@code Weir-Answer}. {@code pass=204} has
 * what passes told so, for servers that take a 200 for something else.
 */
final class ForwardAuth implements HttpService {
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;

    private final Checks checks;
    private final AnswerWriter writer;
    private final boolean lenientPaths;

    ForwardAuth(Checks checks, AnswerWriter writer, boolean lenientPaths) {
        this.checks = checks;
        this.writer = writer;
        this.lenientPaths = lenientPaths;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        HttpClientRequest asked =
                new HttpClientRequest(request.headers(), new Target("/", null), context.remoteAddress());
        if (!checks.proxies().trusts(asked.peer())) {
            return writer.response(context, untrusted(asked));
        }
        QueryParams how = context.queryParams();
        int deny = status(how, "deny", "[45]", "from 400 to 599");
        int pass = status(how, "pass", "2", "from 200 to 299");
        String domain = how.get("domain");
        Answering answering =
                domain == null ? checks.answering() : checks.answering().of(domain);
        return HttpResponse.of(told(context, answering, asked)
                .thenApplyAsync(answer -> writer.response(context, under(answer, deny, pass)), context.eventLoop()));
    }

    static Answer untrusted(HttpClientRequest asked) {
        return Problem.of(
                        FORBIDDEN,
                        "Forbidden",
                        "forward-auth: expected to be asked by a trusted proxy, found " + asked.peer()
                                + "; see --trusted-proxies")
                .answer();
    }

    /** 0 where the query does not say it. */
    private static int status(QueryParams how, String name, String hundreds, String range) {
        String text = how.get(name, "");
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches(hundreds + "\\d\\d")) {
            throw new BadRequestException(
                    "forward-auth: expected " + name + "=STATUS " + range + ", found '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private CompletionStage<Answer> told(ServiceRequestContext context, Answering answering, HttpClientRequest asked) {
        try {
            return answering.answer(ForwardedRequest.of(asked, lenientPaths), 1).thenApply(answered -> {
                Gateway.outcome(context, answered.passes());
                return told(answered);
            });
        } catch (BadRequestException refused) {
            return CompletableFuture.completedStage(
                    Problem.of(400, "Bad Request", refused.getMessage()).answer());
        }
    }

    private static Answer told(Answered answered) {
        Answer answer = answered.answer();
        if (answered.passes()) {
            return new Answer(OK, null, answer.headers(), "");
        }
        // Whatever the policy tells clients, a server that is told 2xx would pass the request on.
        return answer.status() / 100 == 2 ? CarriedAnswers.under(FORBIDDEN, answer) : answer;
    }

    private static Answer under(Answer answer, int deny, int pass) {
        if (answer.status() == OK) {
            return pass == 0 ? answer : new Answer(pass, null, answer.headers(), "");
        }
        return deny == 0 ? answer : CarriedAnswers.under(deny, answer);
    }
}
