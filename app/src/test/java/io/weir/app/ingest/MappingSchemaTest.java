package io.weir.app.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The published schema agrees with {@link MappingReader}, as far as a schema can. */
class MappingSchemaTest {
    private static final String TEXT = text();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Schema SCHEMA = REGISTRY.getSchema(TEXT, InputFormat.JSON);

    @Test
    void shouldBeASchema() {
        // Given
        Schema metaSchema = REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        // Then
        assertThat(metaSchema.validate(TEXT, InputFormat.JSON)).isEmpty();
    }

    static List<String> mappings() throws IOException {
        return GatewayLogsTest.names();
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void shouldAcceptEveryShippedMapping(String name) throws IOException {
        assertThat(errors(Files.readString(Path.of("../mappings", name + ".yaml"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ingest: [a]",
                "ingest: ''",
                "tokn: a",
                "topic: ''",
                "method: { unless: x }",
                "method: { from: a, as: epoch-ms }",
                "method: { from: a, form: b }",
                "path: []",
                "path: { from: a, item: second }",
                "timestamp: started_at",
                "timestamp: { from: a }",
                "timestamp: { from: a, as: epochms }",
                "domain: [a]",
                "ip: { from: a, as: host }",
                "when: []",
                "when: { is: x }",
                "when: { field: a, eq: x }",
                "hits: -1",
                "pattern: a",
                "unwrap: { a: b }",
                "attributes: plan",
                "attributes: { plan: [] }",
            })
    void shouldRefuseWhatTheReaderRefuses(String line) {
        String yaml = MappingReaderTest.with(line);
        assertThat(errors(yaml)).as(yaml).isNotEmpty();
        assertThat(MappingReaderTest.refusal(yaml).problems()).isNotEmpty();
    }

    @Test
    void shouldNameTheEntriesThatTheReaderKnows() {
        // Given
        Map<?, ?> root = (Map<?, ?>)
                Objects.requireNonNull(new Load(LoadSettings.builder().build()).loadFromString(TEXT));
        Map<?, ?> definitions = at(root, "$defs");
        List<?> conditions = (List<?>) at(definitions, "condition").get("anyOf");

        // Then
        assertThat(names(root)).isEqualTo(MappingReader.KEYS);
        assertThat(names(at(definitions, "sourceMapping"))).isEqualTo(SourceReader.KEYS);
        assertThat(names((Map<?, ?>) Objects.requireNonNull(conditions).get(1)))
                .isEqualTo(MappingReader.CONDITION_KEYS);
    }

    static List<com.networknt.schema.Error> errors(String yaml) {
        return SCHEMA.validate(yaml, InputFormat.YAML);
    }

    private static Map<?, ?> at(Map<?, ?> map, String name) {
        return (Map<?, ?>) Objects.requireNonNull(map.get(name), name);
    }

    private static List<String> names(Map<?, ?> definition) {
        return at(definition, "properties").keySet().stream()
                .map(String::valueOf)
                .toList();
    }

    private static String text() {
        try (InputStream schema = MappingReader.class.getResourceAsStream("mapping.schema.json")) {
            return new String(Objects.requireNonNull(schema).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new IllegalStateException("the schema cannot be read", unreadable);
        }
    }
}
