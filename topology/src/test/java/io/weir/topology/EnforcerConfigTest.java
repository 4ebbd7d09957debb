package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class EnforcerConfigTest {
    private static EnforcerConfig config(Map<String, String> settings) {
        return EnforcerConfig.of("localhost:9092", Path.of("state"), settings);
    }

    @Test
    void shouldPassKafkaSettingsToTheClientsAsTheyAre() {
        // When
        EnforcerConfig config = config(Map.of("kafka.security.protocol", "SASL_SSL", "threads", "3"));

        // Then
        assertThat(config.threads()).isEqualTo(3);
        assertThat(config.streams()).containsEntry("security.protocol", "SASL_SSL");
        assertThat(config.admin()).containsEntry("security.protocol", "SASL_SSL");
    }

    @Test
    void shouldWaitLessLongThanKafkaUnlessToldOtherwise() {
        assertThat(config(Map.of()).streams())
                .containsEntry("session.timeout.ms", 10_000)
                .containsEntry("request.timeout.ms", 15_000);
        assertThat(config(Map.of("kafka.session.timeout.ms", "45000")).streams())
                .containsEntry("session.timeout.ms", "45000");
    }

    @Test
    void shouldSayWhatIsWrongWithASetting() {
        assertThatThrownBy(() -> config(Map.of("partitions", "0")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("partitions")
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> config(Map.of("processing.guarantee", "twice")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("exactly_once_v2");
    }

    @Test
    void shouldBeDocumented() throws IOException {
        String docs = Files.readString(Path.of("../docs/operations.md"));
        EnforcerConfig.DEFINITION
                .configKeys()
                .forEach((name, key) -> assertThat(docs.replace("`", ""))
                        .as(name)
                        .contains("| " + name + " | " + key.defaultValue + " |"));
    }
}
