/** What a decision at an edge costs, how right several edges are together, and how soon a block is applied by all. */
@NullMarked
package io.weir.benchmarks.edge;

import org.jspecify.annotations.NullMarked;
