package io.weir.app.admin;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServerBuilder;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code /healthz}: the program is alive; {@code /readyz}: requests are decided, or why not.
 *
 * @param reasons why requests are not decided here; empty when they are
 */
public record HealthEndpoints(Supplier<List<String>> reasons) implements Endpoints {
    @Override
    public void addTo(ServerBuilder server) {
        server.route().get("/healthz").build((context, request) -> HttpResponse.of("ok\n"));
        server.route().get("/readyz").build((context, request) -> ready());
    }

    private HttpResponse ready() {
        List<String> found = reasons.get();
        HttpStatus status = found.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
        return Json.response(status, json -> {
            json.writeBooleanField("ready", found.isEmpty());
            Json.texts(json, "reasons", found);
        });
    }
}
