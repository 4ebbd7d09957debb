package io.weir.app.admin;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.weir.engine.decide.CurrentUsage;
import io.weir.engine.decide.QuotaKey;
import io.weir.engine.decide.Registry;
import io.weir.topology.Enforcer;
import io.weir.topology.UnsettledException;
import io.weir.topology.UsageQueries;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code /api/usage}: what somebody has used of every limit, wherever in the group it is kept. */
public final class UsageEndpoints implements Endpoints {
    private static final String CURRENT = "/api/usage";

    private final Registry registry;
    private final UsageQueries queries;
    private final Gathering gathering;
    private final InstantSource clock;

    /** @param clock gives the time where the question names none */
    public UsageEndpoints(Enforcer enforcer, InstantSource clock) {
        this.registry = enforcer.registry();
        this.queries = enforcer.usage();
        this.gathering = new Gathering(queries, new Peers());
        this.clock = clock;
    }

    @Override
    public void addTo(ServerBuilder server) {
        server.route().get(CURRENT).build(UsageEndpoints.apart(this::current));
    }

    /** Answers a question, with all the time it takes. */
    private interface Answer {
        HttpResponse to(QueryParams query, HttpRequest request);
    }

    /** State is read, and others are asked, apart from the threads that serve connections. */
    private static HttpService apart(Answer answer) {
        return (ServiceRequestContext context, HttpRequest request) -> HttpResponse.of(CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return answer.to(context.queryParams(), request);
                    } catch (RuntimeException failed) {
                        return ProblemErrors.problem(context.path(), failed).response();
                    }
                },
                context.blockingTaskExecutor()));
    }

    private HttpResponse current(QueryParams query, HttpRequest request) {
        UsageQuestion question = UsageQuestion.of(query, clock, List.of());
        String domain = question.identity().domain();
        if (registry.policy(domain) == null) {
            return unknown(domain);
        }
        List<QuotaKey> keys = QuotaKey.of(registry, question.identity(), question.anyRoute());
        long at = question.identity().timestamp();
        // Whoever answers a part of it answers for the same time.
        QueryParams onward = query.toBuilder().set("at", Long.toString(at)).build();
        List<CurrentUsage> usage = gathering.gather(keys, request.headers(), CURRENT, onward, new Current());
        List<CurrentUsage> wanted = question.shadow()
                ? usage
                : usage.stream().filter(each -> !each.shadow()).toList();
        return Json.response(HttpStatus.OK, new UsageAnswer(domain, at, wanted)::write);
    }

    private static HttpResponse unknown(String domain) {
        return Problem.notFound("domain " + domain + ": expected a policy in force, found none")
                .response();
    }

    private final class Current implements Gathering.Question<CurrentUsage> {
        @Override
        public List<CurrentUsage> here(int partition, QuotaKey key) {
            return key.usage(queries.read(partition, key.entryKey()));
        }

        @Override
        public List<CurrentUsage> read(byte[] answer) {
            try {
                return UsageAnswer.read(answer).limits();
            } catch (IOException unreadable) {
                throw new UnsettledException("another enforcer: expected usage, found " + unreadable.getMessage());
            }
        }

        @Override
        public String about(CurrentUsage usage) {
            return Gathering.about(usage.rule(), usage.key());
        }
    }
}
