/** The {@code weir} program. */
@NullMarked
package io.weir.app;

import org.jspecify.annotations.NullMarked;
