package io.weir.engine.policy;

import java.util.List;
import java.util.stream.Collectors;

/** A policy that cannot be used, with everything that is wrong with it. */
public final class InvalidPolicyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * One thing that is wrong.
     *
     * @param line from 1
     * @param column from 1
     * @param path where in the document, {@code rules[2].limits[0].per}; empty for the document itself
     * @param expected what should be there
     * @param found what is there
     */
    public record Problem(String file, int line, int column, String path, String expected, String found) {
        @Override
        public String toString() {
            String at = path.isEmpty() ? "" : path + ": ";
            return file + ":" + line + ":" + column + ": " + at + "expected " + expected + ", found " + found;
        }
    }

    InvalidPolicyException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong, in the order of the document; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
