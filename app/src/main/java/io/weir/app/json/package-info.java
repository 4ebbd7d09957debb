/** Requests, entities and decisions as JSON lines. */
@NullMarked
package io.weir.app.json;

import org.jspecify.annotations.NullMarked;
