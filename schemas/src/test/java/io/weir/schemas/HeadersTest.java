package io.weir.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/**
 * {@code avro-history/headers.tsv} tells other languages with which ten bytes a record of each schema begins, so that they
 * need not compute Avro's fingerprints. After a change of a schema, put in what this test found.
 */
class HeadersTest {
    private static final Path HEADERS = Path.of("src/main/resources/avro-history/headers.tsv");

    @Test
    void shouldListTheHeaderOfEveryCommittedSchema() throws IOException {
        // When
        List<String> lines = new ArrayList<>(List.of("record\tversion\theader"));
        for (Contract<?> contract : Contracts.all()) {
            List<Schema> history = Contract.history(contract.schema().getName());
            for (Schema version : history) {
                lines.add(contract.schema().getName() + "\t" + (history.indexOf(version) + 1) + "\t"
                        + HexFormat.of().formatHex(SingleObject.header(version)));
            }
        }

        // Then
        assertThat(Files.readAllLines(HEADERS)).isEqualTo(lines);
    }
}
