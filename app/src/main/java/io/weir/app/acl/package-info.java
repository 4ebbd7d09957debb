/** What each role may do on the cluster, and nothing more. */
@NullMarked
package io.weir.app.acl;

import org.jspecify.annotations.NullMarked;
