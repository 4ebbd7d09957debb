package io.weir.app.ingest;

import io.weir.engine.document.Problem;
import java.util.List;

/** A mapping that cannot be used, with everything that is wrong with it. */
public final class InvalidMappingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    InvalidMappingException(List<Problem> problems) {
        super(Problem.text(problems));
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong, in the order of the document; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
