/** Mutated policies, routes, addresses and records: what is wrong with them is told, and nothing else happens. */
@NullMarked
package io.weir.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
