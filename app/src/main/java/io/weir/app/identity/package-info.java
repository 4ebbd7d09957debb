/** Who is asking for what: a request's target and the identities it carries, as far as they can be believed. */
@NullMarked
package io.weir.app.identity;

import org.jspecify.annotations.NullMarked;
