/** The Kafka Streams topology: topics, stores, processors, and the enforcer that runs them. */
@NullMarked
package io.weir.topology;

import org.jspecify.annotations.NullMarked;
