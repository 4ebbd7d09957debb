/** What a gateway embeds: it feeds request events, awaits decisions, and decides locally from what it has learnt. */
@NullMarked
package io.weir.edge;

import org.jspecify.annotations.NullMarked;
