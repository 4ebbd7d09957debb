/** Faults of every kind, in seeded order, on a cluster of child processes whose right answers are known. */
@NullMarked
package io.weir.benchmarks.chaos;

import org.jspecify.annotations.NullMarked;
