package io.weir.app.gateway;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.WebClientBuilder;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.QueryParamsBuilder;
import com.linecorp.armeria.common.auth.AuthToken;
import io.weir.app.admin.UsageAnswer;
import io.weir.app.answer.LimitView;
import io.weir.engine.Request;
import io.weir.engine.decide.CurrentUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a client has used, as the admin API of any enforcer tells it. */
final class AdminUsage {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final WebClient client;
    private final UnaryOperator<String> tokens;

    /**
     * @param shown the token that the admin API wants to see, or null
     * @param tokens from a client's token to what stands for it in events
     */
    AdminUsage(URI admin, @Nullable String shown, UnaryOperator<String> tokens) {
        WebClientBuilder asking = WebClient.builder(admin).responseTimeout(PATIENCE);
        if (shown != null) {
            asking.auth(AuthToken.ofOAuth2(shown));
        }
        this.client = asking.build();
        this.tokens = tokens;
    }

    /** The limits that count this client, on whatever route, in the order of the rules; fails where nobody tells. */
    CompletionStage<List<LimitView>> of(Request request) {
        return client.get("/api/usage?" + query(request).toQueryString())
                .aggregate()
                .thenApply(AdminUsage::limits);
    }

    private QueryParams query(Request request) {
        QueryParamsBuilder query = QueryParams.builder();
        query.add("domain", request.domain());
        query.add("at", Long.toString(request.timestamp()));
        add(query, "ip", request.ip());
        add(query, "token", request.token() == null ? null : tokens.apply(request.token()));
        add(query, "device", request.device());
        add(query, "account", request.account());
        add(query, "profile", request.profile());
        add(query, "user", request.user());
        request.attributes().forEach((name, value) -> query.add("attributes." + name, value));
        return query.build();
    }

    private static void add(QueryParamsBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.add(name, value);
        }
    }

    private static List<LimitView> limits(AggregatedHttpResponse response) {
        if (!response.status().equals(HttpStatus.OK)) {
            throw new IllegalStateException(
                    "admin API: expected usage, found status " + response.status() + ": " + response.contentUtf8());
        }
        try {
            return UsageAnswer.read(response.content().array()).limits().stream()
                    .map(AdminUsage::view)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("admin API: expected usage as JSON", unreadable);
        }
    }

    private static LimitView view(CurrentUsage usage) {
        return new LimitView(
                usage.rule(),
                usage.window(),
                usage.windowMs(),
                usage.limit(),
                usage.current(),
                usage.remaining(),
                usage.resetAt(),
                0);
    }
}
