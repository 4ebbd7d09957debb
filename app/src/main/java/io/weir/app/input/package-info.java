/** Recorded requests: JSON lines, access logs and tables, read as one stream of requests. */
@NullMarked
package io.weir.app.input;

import org.jspecify.annotations.NullMarked;
