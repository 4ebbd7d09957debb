package io.weir.app.admin;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who shows a token of the role that is needed: to ask, read; for all else, operate. Whether the program is alive
 * and ready anybody may ask.
 */
record Authentication(AdminTokens tokens) implements DecoratingHttpServiceFunction {
    private static final Set<String> OPEN = Set.of("/healthz", "/readyz");
    private static final Set<HttpMethod> ASKING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final String SCHEME = "bearer ";

    @Override
    public HttpResponse serve(HttpService service, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        if (tokens.isEmpty() || OPEN.contains(context.path())) {
            return service.serve(context, request);
        }
        AdminTokens.Holder holder = holder(request.headers().get(HttpHeaderNames.AUTHORIZATION));
        if (holder == null) {
            return new Problem(
                            HttpStatus.UNAUTHORIZED,
                            "expected Authorization: Bearer with a token of --admin-tokens, found "
                                    + (request.headers().contains(HttpHeaderNames.AUTHORIZATION) ? "another" : "none"),
                            0)
                    .response()
                    .mapHeaders(headers -> headers.withMutations(
                            changed -> changed.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"weir\"")));
        }
        if (holder.role() != AdminTokens.Role.OPERATE && !ASKING.contains(request.method())) {
            return new Problem(
                            HttpStatus.FORBIDDEN,
                            request.method() + ": expected a token with the role operate, found read of "
                                    + holder.name(),
                            0)
                    .response();
        }
        return service.serve(context, request);
    }

    private AdminTokens.@Nullable Holder holder(@Nullable String header) {
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? tokens.holder(header.substring(SCHEME.length()).strip())
                : null;
    }
}
