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
import io.weir.schemas.avro.UsageRecord;
import io.weir.topology.Enforcer;
import io.weir.topology.UsageQueries;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /api/usage}: what somebody has used of every limit; {@code /api/usage/history}: and used before. Both answer
 * wherever in the group it is kept.
 */
final class UsageEndpoints implements Endpoints {
    private static final String CURRENT = "/api/usage";
    private static final String HISTORY = "/api/usage/history";
    private static final Duration LAST_DAY = Duration.ofDays(1);

    /** Windows in one answer at most: some 10 MB. */
    private static final int MOST = 50_000;

    private final Registry registry;
    private final UsageQueries queries;
    private final Gathering gathering;
    private final InstantSource clock;

    /** @param clock gives the time where the question names none */
    UsageEndpoints(Enforcer enforcer, InstantSource clock) {
        this.registry = enforcer.registry();
        this.queries = enforcer.usage();
        this.gathering = new Gathering(queries, new Peers());
        this.clock = clock;
    }

    @Override
    public void addTo(ServerBuilder server) {
        server.route().get(CURRENT).build(apart(this::current));
        server.route().get(HISTORY).build(apart(this::history));
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

    private HttpResponse history(QueryParams query, HttpRequest request) {
        UsageQuestion question = UsageQuestion.of(query, clock, List.of("from", "to"));
        String domain = question.identity().domain();
        if (registry.policy(domain) == null) {
            return unknown(domain);
        }
        long to = UsageQuestion.time(query, "to", question.identity().timestamp());
        long from = UsageQuestion.time(query, "from", to - LAST_DAY.toMillis());
        if (from < 0 || from > to) {
            throw new BadQuestionException(
                    "query parameters from and to: expected 0 <= from <= to, found " + from + " and " + to);
        }
        List<QuotaKey> keys = QuotaKey.of(registry, question.identity(), question.anyRoute());
        QueryParams onward = query.toBuilder()
                .set("from", Long.toString(from))
                .set("to", Long.toString(to))
                .build();
        List<UsageRecord> windows = gathering.gather(keys, request.headers(), HISTORY, onward, new History(from, to));
        if (windows.size() > MOST) {
            throw new BadQuestionException("query parameters from and to: expected at most " + MOST
                    + " windows between them, found " + windows.size());
        }
        return Json.response(HttpStatus.OK, new HistoryAnswer(domain, from, to, windows)::write);
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
        public List<CurrentUsage> read(byte[] answer) throws IOException {
            return UsageAnswer.read(answer).limits();
        }

        @Override
        public String about(CurrentUsage usage) {
            return Gathering.about(usage.rule(), usage.key());
        }
    }

    private final class History implements Gathering.Question<UsageRecord> {
        private final long from;
        private final long to;

        private History(long from, long to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public List<UsageRecord> here(int partition, QuotaKey key) {
            return key.windows().stream()
                    .flatMap(window ->
                            queries.history(partition, key.domain(), key.rule(), window, key.key(), from, to).stream())
                    .toList();
        }

        @Override
        public List<UsageRecord> read(byte[] answer) throws IOException {
            return HistoryAnswer.read(answer).windows();
        }

        @Override
        public String about(UsageRecord window) {
            return Gathering.about(window.getRule(), window.getKey());
        }
    }
}
