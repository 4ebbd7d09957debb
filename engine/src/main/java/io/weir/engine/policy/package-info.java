/** The policy language: its model and its YAML reader. */
@NullMarked
package io.weir.engine.policy;

import org.jspecify.annotations.NullMarked;
