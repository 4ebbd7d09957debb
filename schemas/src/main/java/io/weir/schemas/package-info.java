/** The contracts of every topic: how records are written, and how records of older writers are read. */
@NullMarked
package io.weir.schemas;

import org.jspecify.annotations.NullMarked;
