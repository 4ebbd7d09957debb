/** Processes of their own for what is measured, so that each one's CPU time can be told from the others'. */
@NullMarked
package io.weir.benchmarks.process;

import org.jspecify.annotations.NullMarked;
