package io.weir.app.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The examples for servers that are not here to be run: every name in those for Envoy is one of Envoy's API. */
class EnvoyExamplesTest {
    private static final Path EXAMPLES = Path.of("../examples");
    private static final TypeRegistry TYPES = TypeRegistry.newBuilder()
            .add(HttpConnectionManager.getDescriptor())
            .add(RateLimit.getDescriptor())
            .add(ExtAuthz.getDescriptor())
            .add(ExtAuthzPerRoute.getDescriptor())
            .add(Router.getDescriptor())
            .add(HttpProtocolOptions.getDescriptor())
            .build();

    private static Object yaml(String text) {
        return new Load(LoadSettings.builder().build()).loadFromString(text);
    }

    private static Bootstrap bootstrap(String yaml) throws IOException {
        Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
        JsonFormat.parser()
                .usingTypeRegistry(TYPES)
                .merge(new ObjectMapper().writeValueAsString(yaml(yaml)), bootstrap);
        return bootstrap.build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rate-limit.yaml", "ext-authz.yaml"})
    void shouldBeInTheLanguageOfEnvoy(String file) throws IOException {
        // When
        Bootstrap bootstrap =
                bootstrap(Files.readString(EXAMPLES.resolve("envoy").resolve(file)));

        // Then
        assertThat(bootstrap.getStaticResources().getListenersList()).hasSize(1);
        assertThat(bootstrap.getStaticResources().getClustersList())
                .extracting(Cluster::getName)
                .containsExactly("api", "weir");
    }

    @Test
    void shouldBeInTheLanguageOfEnvoyWhereItIsCommentedOut() throws IOException {
        // Given
        String text = Files.readString(EXAMPLES.resolve("envoy/ext-authz.yaml"));

        // When
        String uncommented = text.replaceAll("(?m)^( +)# ?(typed_per_filter_config:.*)$", "$1$2")
                .replaceAll("(?m)^( +)#( +(?:envoy.filters.http.ext_authz:|\"@type\"|check_settings).*)$", "$1$2");

        // Then
        assertThat(bootstrap(uncommented).toString()).contains("other-api");
    }

    @Test
    void shouldBeYamlForTraefik() throws IOException {
        // When
        Object read = yaml(Files.readString(EXAMPLES.resolve("traefik/weir.yaml")));

        // Then
        assertThat(read)
                .extracting("http.middlewares.weir.forwardAuth")
                .isEqualTo(Map.of(
                        "address",
                        "http://127.0.0.1:8080/auth",
                        "trustForwardHeader",
                        false,
                        "authResponseHeaders",
                        List.of("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")));
    }
}
