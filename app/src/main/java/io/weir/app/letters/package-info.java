/** Dead letters: looked at, and sent again. */
@NullMarked
package io.weir.app.letters;

import org.jspecify.annotations.NullMarked;
