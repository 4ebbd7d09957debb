/** The mapping language: how the entries of a gateway's log become request events. */
@NullMarked
package io.weir.app.ingest;

import org.jspecify.annotations.NullMarked;
