package io.weir.edge;

import io.weir.edge.local.EdgeAnswer;
import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Has each request decided before it is served. The check is {@code edge::check}. */
record QuotaFilter(String domain, Function<Request, EdgeAnswer> check) implements Filter {

    @Override
    public void doFilter(ServletRequest in, ServletResponse out, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) in;
        HttpServletResponse response = (HttpServletResponse) out;
        EdgeAnswer answer;
        try {
            answer = check.apply(asked(request));
        } catch (InvalidRequestException tooLong) {
            response.sendError(400);
            return;
        }
        if (answer.allowed()) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(answer.status());
        if (answer.retryAfterMs() > 0) {
            response.setHeader("Retry-After", Long.toString((answer.retryAfterMs() + 999) / 1000));
        }
        response.setContentType("text/plain; charset=utf-8");
        response.getWriter().println(answer.reason());
    }

    private Request asked(HttpServletRequest request) {
        String query = request.getQueryString();
        String path = request.getRequestURI() + (query == null ? "" : "?" + query);
        return new Request(
                null,
                System.currentTimeMillis(),
                domain,
                request.getMethod(),
                path,
                request.getRemoteAddr(),
                token(request),
                null, // device, account, profile, user: from wherever your requests carry them
                null,
                null,
                null,
                1,
                Map.of(),
                false,
                0);
    }

    private static @Nullable String token(HttpServletRequest request) {
        String authorization = request.getHeader("Authorization");
        boolean bearer = authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7);
        return bearer ? authorization.substring(7).strip() : request.getHeader("X-Api-Key");
    }
}
