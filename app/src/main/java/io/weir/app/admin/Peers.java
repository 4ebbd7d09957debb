package io.weir.app.admin;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import io.weir.topology.Home;
import io.weir.topology.UnsettledException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The other enforcers of the group, asked at their admin servers. A question that is passed on is marked with the
 * partitions meant and is answered there or nowhere: it makes one hop. Safe for use by many threads.
 */
final class Peers {
    /** Marks a question that another enforcer passes on: the partitions it is about, separated by commas. */
    static final String PARTITIONS = "weir-partitions";

    private static final long MOST_BYTES = 64L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Map<Home.There, WebClient> clients = new ConcurrentHashMap<>();

    /**
     * Asks another enforcer what it says of its partitions, in the question's own words.
     *
     * @param token what the asker showed to be let in, which the other one wants to see too
     * @return the body of its answer
     * @throws BadQuestionException when the other one finds the question wrong
     * @throws UnsettledException when it does not answer, or says that it does not know
     */
    byte[] ask(
            Home.There peer, Collection<Integer> partitions, String path, QueryParams query, @Nullable String token) {
        String asked = new TreeSet<>(partitions).stream().map(String::valueOf).collect(Collectors.joining(","));
        var headers = RequestHeaders.builder(HttpMethod.GET, path + "?" + query.toQueryString())
                .set(PARTITIONS, asked);
        if (token != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, token);
        }
        String who = "the enforcer at " + peer.host() + ":" + peer.port() + ", which keeps partitions " + asked;
        AggregatedHttpResponse answer;
        try {
            answer = client(peer).execute(headers.build()).aggregate().join();
        } catch (CompletionException silent) {
            throw new UnsettledException(
                    who + ": expected an answer, found " + root(silent).getMessage());
        }
        String otherwise = who + ": expected an answer, found " + answer.status() + " "
                + (answer.status().isSuccess() ? "" : answer.contentUtf8().trim());
        if (answer.status().equals(HttpStatus.BAD_REQUEST)) {
            throw new BadQuestionException(otherwise);
        }
        if (!answer.status().equals(HttpStatus.OK)) {
            throw new UnsettledException(otherwise);
        }
        return answer.content().array();
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private WebClient client(Home.There peer) {
        return clients.computeIfAbsent(peer, there -> {
            String host = there.host().indexOf(':') < 0 ? there.host() : "[" + there.host() + "]";
            return WebClient.builder("http://" + host + ":" + there.port())
                    .responseTimeout(PATIENCE)
                    .maxResponseLength(MOST_BYTES)
                    .build();
        });
    }
}
