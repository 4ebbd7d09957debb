package io.weir.app.admin;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServerBuilder;
import java.util.List;

/** {@code /healthz}: the program is alive; {@code /readyz}: requests are decided, or why not. */
record HealthEndpoints(Readiness readiness) implements Endpoints {
    @Override
    public void addTo(ServerBuilder server) {
        server.route().get("/healthz").build((context, request) -> HttpResponse.of("ok\n"));
        server.route().get("/readyz").build((context, request) -> ready());
    }

    private HttpResponse ready() {
        List<String> reasons = readiness.reasons();
        HttpStatus status = reasons.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
        return Json.response(status, json -> {
            json.writeBooleanField("ready", reasons.isEmpty());
            Json.texts(json, "reasons", reasons);
        });
    }
}
