package io.weir.app.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.ingest.Converted;
import io.weir.topology.ingest.LogRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every example of docs/ingest.md. */
class IngestDocTest {
    private static final Path DOCUMENT = Path.of("../docs/ingest.md");
    private static final Pattern EXAMPLE = Pattern.compile(
            "^```yaml\\n(.*?)^```\\n\\n^```log\\n(.*?)^```\\n\\n^```requests\\n(.*?)^```$",
            Pattern.MULTILINE | Pattern.DOTALL);

    /** A mapping, records, and what comes of them. */
    record Example(String yaml, List<String> records, List<String> expected) {
        @Override
        public String toString() {
            return yaml.lines().findFirst().orElse("");
        }
    }

    static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        Matcher matcher = EXAMPLE.matcher(Files.readString(DOCUMENT));
        while (matcher.find()) {
            examples.add(new Example(
                    matcher.group(1),
                    matcher.group(2).lines().toList(),
                    matcher.group(3).lines().toList()));
        }
        return examples;
    }

    @Test
    void shouldFindEveryExample() throws IOException {
        assertThat(examples()).hasSizeGreaterThan(4);
        assertThat(Files.readString(DOCUMENT).split("```yaml", -1))
                .hasSize(examples().size() + 1);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldConvertAsTheExampleSays(Example example) throws IOException {
        // Given
        MappedLog log = new MappedLog(MappingReader.read(DOCUMENT.toString(), example.yaml()));

        // When
        List<String> lines = new ArrayList<>();
        for (String record : example.records()) {
            String id = "log/0/" + (example.records().indexOf(record) + 1);
            for (Converted each : log.convert(new LogRecord(record.getBytes(StandardCharsets.UTF_8), 0, id))) {
                lines.add(GatewayLogsTest.line(each));
            }
        }

        // Then
        assertThat(lines).isEqualTo(example.expected());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldBeAcceptedByTheSchema(Example example) {
        assertThat(MappingSchemaTest.errors(example.yaml())).isEmpty();
    }

    @Test
    void shouldNameEveryShippedMapping() throws IOException {
        String document = Files.readString(DOCUMENT);
        assertThat(GatewayLogsTest.names())
                .allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
    }
}
