/** What a wrong usage store would do. */
@NullMarked
package io.weir.topology;

import org.jspecify.annotations.NullMarked;
