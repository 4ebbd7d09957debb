/** JMH as a part of the suite. */
@NullMarked
package io.weir.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
