package io.weir.topology.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class IngestConfigTest {
    private static IngestConfig config(Map<String, String> settings) {
        return IngestConfig.of("localhost:9092", "log", "my gateway", Path.of("state"), settings);
    }

    @Test
    void shouldHaveAGroupOfItsOwnWhateverTheEnforcersIs() {
        assertThat(config(Map.of("application.id", "weir")).applicationId()).isEqualTo("weir-ingest-my-gateway");
        assertThat(config(Map.of("ingest.application.id", "mine")).applicationId())
                .isEqualTo("mine");
    }

    @Test
    void shouldPassKafkaSettingsToTheClientsAsTheyAre() {
        // When
        IngestConfig config = config(Map.of("kafka.security.protocol", "SASL_SSL", "ingest.from", "latest"));

        // Then
        assertThat(config.fromLatest()).isTrue();
        assertThat(config.streams()).containsEntry("security.protocol", "SASL_SSL");
        assertThat(config.admin()).containsEntry("security.protocol", "SASL_SSL");
    }

    @Test
    void shouldSayWhatIsWrongWithASetting() {
        assertThatThrownBy(() -> config(Map.of("ingest.from", "start")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ingest.from")
                .hasMessageContaining("earliest");
    }

    @Test
    void shouldBeDocumented() throws IOException {
        String docs = Files.readString(Path.of("../docs/operations.md")).replace("`", "");
        IngestConfig.DEFINITION
                .configKeys()
                .forEach((name, key) ->
                        assertThat(docs).as(name).contains("| " + name + " | " + key.defaultValue + " |"));
    }
}
