package io.weir.benchmarks;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Size;

/**
 * One of the things that the suite measures.
 *
 * @param name by which it can be run alone
 * @param about in some words
 */
record Part(String name, String about, Work work) {
    /** Measures and adds what was found to the report. */
    @FunctionalInterface
    interface Work {
        void measure(Size size, Report report) throws Exception;
    }
}
