package io.weir.engine.document;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing that is wrong with a document.
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

    /** All of them, one a line. */
    public static String text(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }
}
