package io.weir.app.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.engine.document.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingReaderTest {
    /** What every mapping needs; a test adds a line or puts one in place of another. */
    static final String LEAST = """
            ingest: kong
            domain: example
            when: started_at
            timestamp: { from: started_at, as: epoch-ms }
            method: request.method
            path: request.uri
            """;

    static InvalidMappingException refusal(String yaml) {
        InvalidMappingException refused =
                catchThrowableOfType(InvalidMappingException.class, () -> MappingReader.read("m.yaml", yaml));
        assertThat(refused).as("%s", yaml).isNotNull();
        return refused;
    }

    /** The mapping with a line in place of the one of the same name, or after the last. */
    static String with(String line) {
        String name = line.substring(0, line.indexOf(':') + 1);
        List<String> lines = LEAST.lines().toList();
        boolean known = lines.stream().anyMatch(each -> each.startsWith(name));
        return known
                ? String.join(
                        "\n",
                        lines.stream()
                                .map(each -> each.startsWith(name) ? line : each)
                                .toList())
                : LEAST + line;
    }

    @Test
    void shouldReadTheLeastMapping() {
        // When
        Mapping mapping = MappingReader.read("m.yaml", LEAST);

        // Then
        assertThat(mapping.gateway()).isEqualTo("kong");
        assertThat(mapping.topic()).isNull();
        assertThat(mapping.time()).isEqualTo(TimeFormat.EPOCH_MS);
        assertThat(mapping.unwrap()).extracting(FieldPath::text).containsExactly("message", "log");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    line                                                | problem
                    tokn: a                                             | m.yaml:7:1: tokn: expected one of
                    tokn: a                                             | did you mean 'token'?
                    ingest: [a]                                         | m.yaml:1:9: ingest: expected a name, found a list
                    method: { unless: x }                               | m.yaml:5:9: method: expected from: a path into the entry like request.method, or a list of them; or default: a constant, found neither
                    method: { from: a, as: epoch-ms }                   | method.as: expected as only of timestamp and ip, found 'epoch-ms'
                    method: a..b                                        | expected names separated by dots, like request.headers.x-api-key, found 'a..b'
                    method: 'a."b'                                      | found 'a."b' without a closing quote
                    path: []                                            | m.yaml:6:7: path: expected at least one path, found none
                    path: '/{a'                                         | expected a } for every {, found '/{a'
                    path: { from: a, item: second }                     | path.item: expected one of first, last, found 'second'
                    timestamp: started_at                               | timestamp: expected { from: …, as: one of epoch-ms, epoch-s, rfc3339, clf }, or kafka for the record's own time, found 'started_at'
                    timestamp: { from: a }                              | timestamp: expected as: one of epoch-ms, epoch-s, rfc3339, clf, found no 'as'
                    timestamp: { from: a, as: epochms }                 | timestamp.as: expected one of epoch-ms, epoch-s, rfc3339, clf (did you mean 'epoch-ms'?), found 'epochms'
                    ip: { from: a, as: host }                           | ip.as: expected one of address, found 'host'
                    when: []                                            | m.yaml:3:7: when: expected at least one field, found none
                    when: { is: x }                                     | when: expected field: a path into the entry like started_at, found no 'field'
                    when: { field: a, eq: x }                           | when.eq: expected one of field, is, not, found 'eq'
                    hits: -1                                            | hits: expected a whole number of at least 0, or a path to one, found '-1'
                    pattern: '(a'                                       | pattern: expected a regular expression, found one with Unclosed group at character
                    pattern: 'a\\(?<b>'                                 | pattern: expected a regular expression with named groups like (?<method>[A-Z]+), found none in it
                    unwrap: { a: b }                                    | unwrap: expected a path into the entry like request.method, found a mapping
                    attributes: plan                                    | attributes: expected attributes by name, like { plan: consumer.tags.0 }, found 'plan'
                    """)
    void shouldTellWhatIsWrongAndWhere(String line, String problem) {
        assertThat(refusal(with(line)).getMessage()).contains(problem);
    }

    @Test
    void shouldTellAllThatIsMissing() {
        assertThat(refusal("{ ingest: kong }").problems())
                .extracting(Problem::found)
                .containsExactly("no 'domain'", "no 'timestamp'", "no 'method'", "no 'path'", "no 'when'");
        assertThat(refusal("").getMessage())
                .isEqualTo("m.yaml:1:1: expected a mapping with ingest and timestamp, found an empty document");
        assertThat(refusal("[]").getMessage()).contains("expected a mapping with ingest and timestamp, found a list");
        assertThat(refusal("a: [").getMessage()).contains("expected well-formed YAML");
    }
}
