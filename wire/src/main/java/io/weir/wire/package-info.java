/** Between the engine's words and the contracts' records: what enforcers, edges and tools share about the topics. */
@NullMarked
package io.weir.wire;

import org.jspecify.annotations.NullMarked;
