/** From what was measured to what a cluster needs. */
@NullMarked
package io.weir.benchmarks.capacity;

import org.jspecify.annotations.NullMarked;
