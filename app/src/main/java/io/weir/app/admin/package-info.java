/** The admin server of an enforcer: health, metrics, usage. */
@NullMarked
package io.weir.app.admin;

import org.jspecify.annotations.NullMarked;
