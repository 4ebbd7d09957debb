/** A Kafka broker inside this process, for trials and single machines. */
@NullMarked
package io.weir.app.broker;

import org.jspecify.annotations.NullMarked;
