/** Measurements of Weir, and of what a user would pick instead, in one run and one report. */
@NullMarked
package io.weir.benchmarks;

import org.jspecify.annotations.NullMarked;
