package io.weir.app.gateway;

import com.linecorp.armeria.common.RequestHeaders;
import io.weir.app.identity.BadRequestException;
import io.weir.app.identity.ClientRequest;
import io.weir.app.identity.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request that a server asks about, from the headers that say so: {@code X-Forwarded-Method} and {@code -Uri} of Traefik
 * and Caddy, {@code X-Original-Method} and {@code -URI} of nginx; its other headers are those of the client.
 *
 * <p>A server sets one pair of these and passes on what its client made up of the other, so where both are there and differ the
 * request is refused.
 */
record ForwardedRequest(HttpClientRequest asked, String method, Target target) implements ClientRequest {
    private static final List<String> METHODS = List.of("x-forwarded-method", "x-original-method");
    private static final List<String> TARGETS = List.of("x-forwarded-uri", "x-original-uri");

    /** @throws BadRequestException when the headers do not say the request, or say two */
    static ForwardedRequest of(HttpClientRequest asked, boolean lenientPaths) {
        String target = one(asked.headers(), TARGETS);
        return new ForwardedRequest(asked, one(asked.headers(), METHODS), Target.parse(target, lenientPaths));
    }

    private static String one(RequestHeaders headers, List<String> names) {
        Set<String> found = new LinkedHashSet<>();
        for (String name : names) {
            found.addAll(headers.getAll(name));
        }
        if (found.size() != 1) {
            throw new BadRequestException("forward-auth: expected the request asked for in one of " + names + ", found "
                    + (found.isEmpty() ? "none" : found.size() + " different ones"));
        }
        return found.iterator().next();
    }

    @Override
    public List<String> header(String name) {
        return asked.header(name);
    }

    @Override
    public @Nullable String host() {
        String forwarded = asked.headers().get("x-forwarded-host");
        return forwarded == null ? asked.host() : HttpClientRequest.withoutPort(forwarded);
    }

    @Override
    public String peer() {
        return asked.peer();
    }
}
