/** The decision: a compiled policy, a subject's usage, and a request become an answer. */
@NullMarked
package io.weir.engine.decide;

import org.jspecify.annotations.NullMarked;
