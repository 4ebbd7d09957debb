/** The local check: decides requests from what an edge itself has counted and learnt, without waiting or locking. */
@NullMarked
package io.weir.edge.local;

import org.jspecify.annotations.NullMarked;
