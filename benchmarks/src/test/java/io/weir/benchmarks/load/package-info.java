/** Crashes under load. */
@NullMarked
package io.weir.benchmarks.load;

import org.jspecify.annotations.NullMarked;
