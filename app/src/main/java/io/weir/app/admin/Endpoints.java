package io.weir.app.admin;

import com.linecorp.armeria.server.ServerBuilder;

/** A part of the admin server: some paths and what answers them. */
public interface Endpoints {
    void addTo(ServerBuilder server);
}
