/** Windows and the algorithms that count in them. */
@NullMarked
package io.weir.engine.limit;

import org.jspecify.annotations.NullMarked;
