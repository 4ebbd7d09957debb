/** Traffic to show the enforcer at work when there is none to record. */
@NullMarked
package io.weir.app.demo;

import org.jspecify.annotations.NullMarked;
