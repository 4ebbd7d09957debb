/** Which requests a rule is about: routes, addresses, attributes. */
@NullMarked
package io.weir.engine.match;

import org.jspecify.annotations.NullMarked;
