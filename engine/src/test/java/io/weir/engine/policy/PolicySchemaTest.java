package io.weir.engine.policy;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The published schema agrees with {@link PolicyReader}, as far as a schema can. */
class PolicySchemaTest {
    private static final String TEXT = text();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Schema SCHEMA = REGISTRY.getSchema(TEXT, InputFormat.JSON);

    @Test
    void shouldBeASchema() {
        // Given
        Schema metaSchema = REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        // When
        List<com.networknt.schema.Error> errors = metaSchema.validate(TEXT, InputFormat.JSON);

        // Then
        assertThat(errors).isEmpty();
    }

    static List<Path> shippedPolicies() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../policies"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("shippedPolicies")
    void shouldAcceptEveryShippedPolicy(Path file) throws IOException {
        assertThat(errors(Files.readString(file))).isEmpty();
    }

    static Stream<String> examples() throws IOException {
        return PolicyDocTest.examples().stream().map(PolicyDocTest.Example::yaml);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldAcceptEveryExampleOfTheDocumentation(String yaml) {
        assertThat(errors(yaml)).isEmpty();
    }

    @Test
    void shouldAcceptEverythingTheLanguageHas() {
        assertThat(errors(PolicyReaderTest.EVERYTHING)).isEmpty();
    }

    /** Rejected by the schema in an editor as by the reader. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "policy: [a]",
                "policy: ''",
                "policy: a|b",
                "{ policy: p, polcy: p }",
                "{ policy: p, deduplicate: 5x }",
                "{ policy: p, deduplicate: 1 month }",
                "{ policy: p, routes: ignorecase }",
                "{ policy: p, mode: off }",
                "{ policy: p, rules: { a: b } }",
                "{ policy: p, rules: [{}] }",
                "{ policy: p, rules: [{ name: r, key: tokn, limits: 1 per s }] }",
                "{ policy: p, rules: [{ name: r, key: [], limits: 1 per s }] }",
                "{ policy: p, rules: [{ name: r, key: token, limit: 1 per s }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: 1 per s, match: [] }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: 1 per s, match: GET /a /b }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: 1 per s, hits: tokens }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: 1 per s, when: { status: 600 } }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: 1 per s, where: {} }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: 1 per s, count: none }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: 1 per s, missing: error }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: [] }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: {} }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: 60 per minuet }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: sixty per minute }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: { free: 60 } }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: { free: [] } }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: { per: minute } }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: { limit: -1, per: m } }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: { limit: team.calls, per: m } }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: { limit: 1, per: m, nmae: x } }] }",
                "{ policy: p, rules: [{ name: r, key: token, limits: { limit: 1, per: m, algorithm: leaky } }] }",
                "{ policy: p, blocks: [{ name: manual, key: ip, after: 3 per m, for: 1h }] }",
                "{ policy: p, blocks: [{ name: b, key: ip, after: 10, for: 1h }] }",
                "{ policy: p, blocks: [{ name: b, key: ip, after: 3 per m, for: [] }] }",
                "{ policy: p, blocks: [{ name: b, key: ip, after: 3 per m, for: 1 month }] }",
                "{ policy: p, blocks: [{ name: b, key: ip, after: 3 per m, for: 1h, of: denials }] }",
                "{ policy: p, blocks: [{ name: b, key: ip, after: 3 per m, for: 1h, of: {} }] }",
                "{ policy: p, blocks: [{ name: b, key: ip, after: 3 per m, for: 1h, of: { rules: [] } }] }",
                "{ policy: p, deny: [leaked] }",
                "{ policy: p, deny: [ip not in 10.0.0.0/8] }",
                "{ policy: p, responses: { throtled: {} } }",
                "{ policy: p, responses: { throttled: { status: 42 } } }",
                "{ policy: p, responses: { throttled: { headers: { a b: c } } } }",
                "{ policy: p, responses: { throttled: { reason: \"a\\nb\" } } }",
                "{ policy: p, responses: { throttled: { status: 100 } } }",
                "{ policy: p, responses: { headers: [modern] } }",
                "{ policy: p, responses: { headers: [ietf, ietf] } }",
                "{ policy: p, responses: { body: text } }",
                "{ policy: p, usage: { path: /a } }",
                "{ policy: p, usage: { path: /a, body: b, counted: often } }",
                "{ policy: p, usage: { path: '/a/{id}', body: b } }",
            })
    void shouldRefuseWhatTheReaderRefuses(String yaml) {
        assertThat(errors(yaml)).isNotEmpty();
        assertThat(InvalidPolicyTest.refusal(yaml).problems()).isNotEmpty();
    }

    @Test
    void shouldNameTheEntriesThatTheReaderKnows() {
        // Given
        Map<?, ?> root = (Map<?, ?>)
                Objects.requireNonNull(new Load(LoadSettings.builder().build()).loadFromString(TEXT));
        Map<?, ?> definitions = at(root, "$defs");

        // Then
        assertThat(names(root)).isEqualTo(PolicyReader.KEYS);
        assertThat(names(at(definitions, "rule"))).isEqualTo(RuleReader.KEYS);
        assertThat(names(at(definitions, "block"))).isEqualTo(BlockReader.KEYS);
        assertThat(names(at(definitions, "limitMapping"))).isEqualTo(LimitReader.KEYS);
        assertThat(names(at(definitions, "response"))).isEqualTo(ResponseReader.RESPONSE_KEYS);
        assertThat(names(at(at(root, "properties"), "responses"))).isEqualTo(ResponseReader.KEYS);
        assertThat(names(at(at(root, "properties"), "usage"))).isEqualTo(ResponseReader.USAGE_KEYS);
    }

    private static List<com.networknt.schema.Error> errors(String yaml) {
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
        try (InputStream schema = PolicyReader.class.getResourceAsStream("policy.schema.json")) {
            return new String(Objects.requireNonNull(schema).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new IllegalStateException("the schema cannot be read", unreadable);
        }
    }
}
