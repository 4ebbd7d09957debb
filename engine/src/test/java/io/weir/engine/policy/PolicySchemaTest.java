package io.weir.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The JSON Schema for editors says what the reader says. */
class PolicySchemaTest {
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(PolicySchemaTest.class.getResourceAsStream("policy.schema.json"));

    static List<String> valid() throws IOException {
        try (Stream<Path> shipped = Files.list(Path.of("../policies"))) {
            Stream<String> examples = PolicyDocTest.examples().stream().map(PolicyDocTest.Example::yaml);
            List<String> policies = shipped.filter(file -> file.toString().endsWith(".yaml"))
                    .map(PolicySchemaTest::read)
                    .toList();
            return Stream.concat(policies.stream(), examples).toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Set<ValidationMessage> problems(String yaml) {
        Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        JsonNode json = new ObjectMapper().valueToTree(document);
        return SCHEMA.validate(json);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void shouldAcceptWhatTheReaderAccepts(String yaml) {
        assertThat(PolicyReader.read("policy", yaml)).isNotNull();
        assertThat(problems(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rules: []",
                "policy: x\nrule: []",
                "policy: x\nrules: [{ name: r, limits: [1 per day] }]",
                "policy: x\nrules: [{ name: r, key: [tokn], limits: [1 per day] }]",
                "policy: x\nrules: [{ name: r, key: [token], limits: [1 per dya] }]",
                "policy: x\nrules: [{ name: r, key: [token], limits: [] }]",
                "policy: x\nrules: [{ name: r, key: [token], limits: [{ limit: 1, per: day, algorithm: leaky }] }]",
                "policy: x\nrules: [{ name: r, key: [token], limits: [1 per day], mode: on }]",
                "policy: x\nblocks: [{ name: b, key: [ip], after: 1 per day }]",
                "policy: x\nblocks: [{ name: b, key: [ip], after: 1 per day, for: 1 fortnight }]",
                "policy: x\nresponses: { throttled: { status: 42 } }",
                "policy: x\nusage: { path: /usage }"
            })
    void shouldRefuseWhatTheReaderRefuses(String yaml) {
        assertThat(problems(yaml)).isNotEmpty();
        assertThatThrownBy(() -> PolicyReader.read("policy", yaml)).isInstanceOf(InvalidPolicyException.class);
    }
}
