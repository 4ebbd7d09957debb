package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientRequestContextCaptor;
import com.linecorp.armeria.client.Clients;
import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpstreamTest {
    private EchoUpstream server;
    private Upstream upstream;

    @BeforeEach
    void start() throws IOException {
        server = EchoUpstream.start();
        upstream = new Upstream(server.uri(), Duration.ofSeconds(20), new HeaderSpelling());
    }

    @AfterEach
    void stop() {
        upstream.close();
        server.close();
    }

    /** Where two threads count what is on its way through an exchange, a connection may never be read again. */
    @Test
    void shouldAskByTheEventLoopThatWasAsked() throws Exception {
        for (EventExecutor loop : CommonPools.workerGroup()) {
            assertThat(loop.submit(this::asking).get(20, TimeUnit.SECONDS)).isSameAs(loop);
        }
    }

    @Test
    void shouldAskByAnyEventLoopElsewhere() {
        assertThat(CommonPools.workerGroup()).contains(asking());
    }

    /** The event loop of the upstream's side of an exchange that this thread begins. */
    private EventLoop asking() {
        HttpRequest request = HttpRequest.of(HttpMethod.GET, "/a");
        try (ClientRequestContextCaptor asked = Clients.newContextCaptor()) {
            upstream.pass(request, request.headers(), failure -> HttpResponse.of(502))
                    .abort();
            return asked.get().eventLoop().withoutContext();
        }
    }
}
