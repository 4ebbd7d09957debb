/** The engine alone, by JMH: nanoseconds and bytes allocated per decision. */
@NullMarked
package io.weir.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
