package io.weir.topology.ingest;

import io.weir.wire.Topics;
import java.util.List;
import java.util.stream.Collectors;

/** Topics that must be there before a log can be read; the message says who makes each. */
public final class MissingTopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingTopicException(List<String> missing) {
        super(missing.stream().sorted().map(MissingTopicException::line).collect(Collectors.joining("\n")));
    }

    private static String line(String topic) {
        boolean ours =
                List.of(Topics.REQUESTS, Topics.DEAD_LETTERS, Topics.POLICIES).contains(topic);
        return "topic " + topic + ": expected on the cluster, found none; "
                + (ours ? "weir run creates it" : "does the gateway write there?");
    }
}
