/** The command line. */
@NullMarked
package io.weir.app.cli;

import org.jspecify.annotations.NullMarked;
