package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** What can be said of docker-compose.yml without an engine: it is YAML, and its parts name each other. */
class ComposeFileTest {
    @Test
    @SuppressWarnings("unchecked")
    void shouldNameThreeBrokersAndTwoEnforcers() throws IOException {
        // When
        LoadSettings settings =
                LoadSettings.builder().setSchema(new CoreSchema()).build();
        var file = (Map<String, Object>)
                new Load(settings).loadFromString(Files.readString(Path.of("../docker-compose.yml")));
        Map<String, Object> services = mapping(file, "services");

        // Then
        assertThat(services).containsOnlyKeys("kafka-1", "kafka-2", "kafka-3", "enforcer");
        Map<String, Object> enforcer = mapping(services, "enforcer");
        assertThat(mapping(enforcer, "environment"))
                .containsEntry("WEIR_BOOTSTRAP_SERVER", "kafka-1:9092,kafka-2:9092,kafka-3:9092");
        assertThat(mapping(enforcer, "deploy")).containsEntry("replicas", 2);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> mapping(Map<String, Object> of, String name) {
        return (Map<String, Object>) Objects.requireNonNull(of.get(name), name);
    }
}
