/** The gateway: an edge as a reverse proxy. */
@NullMarked
package io.weir.app.gateway;

import org.jspecify.annotations.NullMarked;
