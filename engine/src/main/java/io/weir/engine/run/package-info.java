/** Runs streams of requests through the engine in memory. */
@NullMarked
package io.weir.engine.run;

import org.jspecify.annotations.NullMarked;
