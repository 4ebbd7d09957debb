/** What a user would pick instead of Weir, measured in the same run. */
@NullMarked
package io.weir.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
