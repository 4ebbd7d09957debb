package io.weir.engine.policy;

import io.weir.engine.document.Problem;
import java.util.List;

/** A policy that cannot be used, with everything that is wrong with it. */
public final class InvalidPolicyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** @param problems of one document, or of several; not empty */
    public InvalidPolicyException(List<Problem> problems) {
        super(Problem.text(problems));
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong, in the order of the document; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
