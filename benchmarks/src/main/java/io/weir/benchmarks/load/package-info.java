/** Load on a real broker: backlogs, and what they cost the enforcer and the broker per decision. */
@NullMarked
package io.weir.benchmarks.load;

import org.jspecify.annotations.NullMarked;
