package io.weir.app.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as far as edges look at it, whatever brought it here. */
public interface ClientRequest {
    String method();

    Target target();

    /** The values of a header, in order; empty when there is none. The name is in lower case. */
    List<String> header(String name);

    /** The host that the client named, without a port; null when it named none. */
    @Nullable
    String host();

    /** The address of whoever opened the connection, in text. */
    String peer();
}
