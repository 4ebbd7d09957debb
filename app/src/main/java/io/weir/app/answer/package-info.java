/** What an edge answers: a decision rendered as the policy says. */
@NullMarked
package io.weir.app.answer;

import org.jspecify.annotations.NullMarked;
