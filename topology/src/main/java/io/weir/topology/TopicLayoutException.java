package io.weir.topology;

import java.util.List;

/** The topics on the cluster are not as the topology needs them; the message says what to do about each. */
public final class TopicLayoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    TopicLayoutException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line each: topic, what was expected, what was found, what to do. */
    public List<String> problems() {
        return problems;
    }
}
