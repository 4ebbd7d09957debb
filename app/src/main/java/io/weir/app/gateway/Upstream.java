package io.weir.app.gateway;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.client.RequestOptions;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.ResponseTimeoutMode;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.common.util.ReleasableHolder;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.weir.app.answer.Answer;
import io.weir.app.answer.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server behind the gateway. Bodies stream through in both directions, as fast as the slower side takes them. Where no answer
 * comes the client is told a 502 or, after the timeout, a 504; an answer that breaks off breaks off for the client too.
 */
final class Upstream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upstream.class);

    /** Below the 5 s after which the most impatient servers close an idle connection. */
    private static final Duration IDLE = Duration.ofSeconds(4);

    private static final AttributeKey<String> PATH = AttributeKey.valueOf(Upstream.class, "path");
    private static final Duration CONNECTING = Duration.ofSeconds(3);

    private final ClientFactory factory;
    private final WebClient client;
    private final String name;
    private final String base;

    Upstream(URI uri, Duration timeout, HeaderSpelling spelling) {
        this.name = uri.getScheme() + "://" + uri.getRawAuthority();
        this.base = base(uri);
        this.factory = ClientFactory.builder()
                .idleTimeout(IDLE)
                .connectTimeout(CONNECTING)
                .http1HeaderNaming(spelling)
                .workerGroup(CommonPools.workerGroup(), false)
                .eventLoopSchedulerFactory(loops -> (protocol, endpoints, endpoint) -> ownEventLoop(loops))
                .build();
        // Plain http is HTTP/1.1 there: offering an upgrade to HTTP/2 confuses some servers.
        String scheme = uri.getScheme().equals("http") ? SessionProtocol.H1C.uriText() : uri.getScheme();
        this.client = WebClient.builder(scheme + "://" + uri.getRawAuthority())
                .factory(factory)
                .responseTimeout(timeout)
                .responseTimeoutMode(ResponseTimeoutMode.REQUEST_SENT)
                .maxResponseLength(0)
                .decorator(Upstream::exchange)
                .build();
    }

    /**
     * The event loop that asks, so that both connections of an exchange are one thread's business. Armeria counts what one side
     * has read and the other has not yet taken, and pauses and resumes reading by it. Where two threads count, a resumption can
     * overtake the pause before it, and the connection is never read again. Armeria by itself would also have a single thread do
     * all that concerns one upstream.
     */
    static ReleasableHolder<EventLoop> ownEventLoop(EventLoopGroup loops) {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return new Unreleased((EventLoop) loop);
            }
        }
        return new Unreleased(loops.next());
    }

    /** An event loop that nobody counts the users of. */
    private record Unreleased(EventLoop get) implements ReleasableHolder<EventLoop> {
        @Override
        public void release() {}
    }

    /** One exchange as it goes over the wire. */
    private static HttpResponse exchange(HttpClient delegate, ClientRequestContext context, HttpRequest request)
            throws Exception {
        HttpRequest sent = request;
        String path = context.attr(PATH);
        if (path != null) {
            // The client library has spelled the path its own way, ; for %3B: it is sent as it was matched.
            sent = request.withHeaders(request.headers().toBuilder().path(path));
            context.updateRequest(sent);
        }
        return delegate.execute(context, sent).mapHeaders(headers -> {
            // It has begun: how long the body takes is between the upstream and the client.
            context.clearResponseTimeout();
            return headers;
        });
    }

    /** What the paths of requests are added to: {@code /base}, or nothing. */
    private static String base(URI uri) {
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** Passes a request on. */
    HttpResponse pass(HttpRequest request, RequestHeaders headers, Function<Answer, HttpResponse> writer) {
        RequestOptions options =
                RequestOptions.builder().attr(PATH, base + headers.path()).build();
        boolean repeatable = repeatable(request);
        HttpResponse first = client.execute(request.withHeaders(headers), options);
        if (!repeatable) {
            return first.recover(failure -> writer.apply(answer(failure)));
        }
        return first.recover(failure -> stale(failure)
                ? client.execute(HttpRequest.of(headers), options).recover(again -> writer.apply(answer(again)))
                : writer.apply(answer(failure)));
    }

    /** Whether a request may be sent once more: it changes nothing and has no body that is gone. */
    private static boolean repeatable(HttpRequest request) {
        return request.isEmpty()
                && switch (request.method()) {
                    case GET, HEAD, OPTIONS -> true;
                    default -> false;
                };
    }

    /** Whether the upstream closed a connection just as it was used again. */
    private static boolean stale(Throwable failure) {
        return cause(failure) instanceof ClosedSessionException;
    }

    private static Throwable cause(Throwable failure) {
        Throwable peeled = Exceptions.peel(failure);
        return peeled instanceof UnprocessedRequestException && peeled.getCause() != null ? peeled.getCause() : peeled;
    }

    private Answer answer(Throwable failure) {
        Throwable cause = cause(failure);
        LOG.debug("{} did not answer", name, cause);
        if (cause instanceof ResponseTimeoutException || cause instanceof ConnectTimeoutException) {
            return Problem.of(504, "Gateway Timeout", "the upstream did not answer in time")
                    .answer();
        }
        return Problem.of(502, "Bad Gateway", "the upstream could not be reached or broke off before it answered")
                .answer();
    }

    @Override
    public void close() {
        factory.close();
    }
}
