/** What operators did: who, when, what. */
@NullMarked
package io.weir.app.audit;

import org.jspecify.annotations.NullMarked;
