/** The words of the system: request, decision, and what they are made of. */
@NullMarked
package io.weir.engine;

import org.jspecify.annotations.NullMarked;
