/** The stateless stream that turns logs of other gateways into request events. */
@NullMarked
package io.weir.topology.ingest;

import org.jspecify.annotations.NullMarked;
