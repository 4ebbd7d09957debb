/** The five vendors' systems as their clients see them: HTTP against gateway, enforcer and broker, on driven time. */
@NullMarked
package io.weir.app.vendors;

import org.jspecify.annotations.NullMarked;
