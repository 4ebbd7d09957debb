/** What Envoy asks over gRPC: its rate limit service and its external authorization, answered by an edge. */
@NullMarked
package io.weir.app.envoy;

import org.jspecify.annotations.NullMarked;
