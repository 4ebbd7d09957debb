package io.weir.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.edge.local.LocalCheck;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.PolicyReader;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The servlet filter of {@code docs/gateways.md} in a servlet container. */
class QuotaFilterTest {
    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, match: "GET /orders/{id}?full=true", key: [token], limits: [{ limit: 1, per: 1d, align: first-hit }] }
            deny: [token = leaked]
            responses:
              throttled: { status: 409 }
            """;

    @TempDir
    private Path folder;

    private final Tomcat tomcat = new Tomcat();
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        Registry registry = new Registry();
        registry.apply(PolicyReader.read("policy", POLICY));
        LocalCheck local = new LocalCheck(registry, System::currentTimeMillis, 1 << 10, UnaryOperator.identity());
        tomcat.setBaseDir(folder.toString());
        tomcat.setSilent(true);
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("maxHttpRequestHeaderSize", "65536");
        StandardContext context = (StandardContext) tomcat.addContext("", folder.toString());
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
        Tomcat.addServlet(context, "orders", new Orders()).addMapping("/*");
        FilterDef filter = new FilterDef();
        filter.setFilterName("quotas");
        filter.setFilter(new QuotaFilter("example", local::check));
        context.addFilterDef(filter);
        FilterMap everywhere = new FilterMap();
        everywhere.setFilterName("quotas");
        everywhere.addURLPattern("/*");
        context.addFilterMap(everywhere);
        tomcat.start();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }

    private static final class Orders extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("an order");
        }
    }

    private HttpResponse<String> get(String path, String header, String value)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri).header(header, value).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldServeWhatIsAdmittedAndAnswerTheRestAsTheEdgeDoes() throws Exception {
        // When
        HttpResponse<String> first = get("/orders/7?full=true", "Authorization", "Bearer t1");
        HttpResponse<String> second = get("/orders/8?full=true", "authorization", "bearer t1");
        HttpResponse<String> another = get("/orders/8?full=true", "X-Api-Key", "t2");
        HttpResponse<String> free = get("/orders/8", "X-Api-Key", "t1");
        HttpResponse<String> leaked = get("/orders/8", "X-Api-Key", "leaked");
        HttpResponse<String> tooLong = get("/orders/8", "X-Api-Key", "t".repeat(8_193));

        // Then
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).isEqualTo("an order");
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 86_400L);
        assertThat(second.body()).startsWith("OVER_LIMIT");
        assertThat(another.statusCode()).isEqualTo(200);
        assertThat(free.statusCode()).isEqualTo(200);
        assertThat(leaked.statusCode()).isEqualTo(403);
        assertThat(leaked.headers().firstValue("Retry-After")).isEmpty();
        assertThat(tooLong.statusCode()).isEqualTo(400);
    }

    @Test
    void shouldBeWhatTheDocumentationShows() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/weir/edge/QuotaFilter.java"));

        assertThat(Files.readString(Path.of("../docs/gateways.md")))
                .contains(source.substring(source.indexOf("record QuotaFilter")));
    }
}
