package io.weir.app.admin;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import io.weir.engine.decide.QuotaKey;
import io.weir.topology.Home;
import io.weir.topology.UnsettledException;
import io.weir.topology.UsageQueries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what a group of enforcers knows of several quota keys: what is kept here is looked up, the rest is asked of
 * those who keep it.
 */
final class Gathering {
    private final UsageQueries queries;
    private final Peers peers;

    Gathering(UsageQueries queries, Peers peers) {
        this.queries = queries;
        this.peers = peers;
    }

    /** What a kind of question means. */
    interface Question<T> {
        /** What is known here of a key on a partition of this instance. */
        List<T> here(int partition, QuotaKey key);

        /**
         * What another enforcer's answer says.
         *
         * @throws IOException when it makes no sense
         */
        List<T> read(byte[] answer) throws IOException;

        /** The rule and the key attributes' values that it is about, as one text. */
        String about(T item);
    }

    /**
     * Everything that is known, in the order of the keys.
     *
     * @param headers of the question: one that another enforcer passes on is about certain partitions
     * @param query what is passed on
     * @throws UnsettledException when somebody's part cannot be had at the moment
     */
    <T> List<T> gather(
            List<QuotaKey> keys, RequestHeaders headers, String path, QueryParams query, Question<T> question) {
        Set<Integer> meant = meant(headers);
        String token = headers.get(HttpHeaderNames.AUTHORIZATION);
        List<T> found = new ArrayList<>();
        Map<Home.There, Set<Integer>> elsewhere = new LinkedHashMap<>();
        for (QuotaKey key : keys) {
            int partition = queries.partition(key.at());
            if (!meant.isEmpty() && !meant.contains(partition)) {
                continue;
            }
            Home home = queries.home(partition);
            if (home instanceof Home.There there) {
                if (!meant.isEmpty()) {
                    throw new UnsettledException(
                            "partition " + partition + " has moved on to " + there.host() + ":" + there.port());
                }
                elsewhere.computeIfAbsent(there, first -> new TreeSet<>()).add(partition);
            } else {
                found.addAll(question.here(partition, key));
            }
        }
        elsewhere.forEach((peer, partitions) -> found.addAll(ask(peer, partitions, path, query, token, question)));
        return elsewhere.isEmpty() ? found : ordered(keys, found, question::about);
    }

    private <T> List<T> ask(
            Home.There peer,
            Set<Integer> partitions,
            String path,
            QueryParams query,
            @Nullable String token,
            Question<T> question) {
        byte[] answer = peers.ask(peer, partitions, path, query, token);
        try {
            return question.read(answer);
        } catch (IOException senseless) {
            throw new UnsettledException("the enforcer at " + peer.host() + ":" + peer.port()
                    + ": expected an answer to " + path + ", found " + senseless.getMessage());
        }
    }

    /** The partitions that a question passed on is about; none of one that comes from outside. */
    private static Set<Integer> meant(RequestHeaders headers) {
        String partitions = headers.get(Peers.PARTITIONS, "");
        if (partitions.isEmpty()) {
            return Set.of();
        }
        try {
            return Arrays.stream(partitions.split(",")).map(Integer::valueOf).collect(Collectors.toSet());
        } catch (NumberFormatException notNumbers) {
            throw new BadQuestionException("header " + Peers.PARTITIONS
                    + ": expected numbers separated by commas, found '" + partitions + "'");
        }
    }

    private static <T> List<T> ordered(List<QuotaKey> keys, List<T> found, Function<T, String> about) {
        Map<String, Integer> places = new HashMap<>();
        for (QuotaKey key : keys) {
            places.putIfAbsent(about(key.rule(), key.key()), places.size());
        }
        return found.stream()
                .sorted(Comparator.comparing(item -> places.getOrDefault(about.apply(item), places.size())))
                .toList();
    }

    static String about(String rule, List<String> key) {
        return rule + '\n' + String.join("\n", key);
    }
}
