/** Tests of policies on the real topology, without a broker. */
@NullMarked
package io.weir.testkit;

import org.jspecify.annotations.NullMarked;
