/** YAML documents that people write: typed access to their nodes, and everything that is wrong with them, with its place. */
@NullMarked
package io.weir.engine.document;

import org.jspecify.annotations.NullMarked;
