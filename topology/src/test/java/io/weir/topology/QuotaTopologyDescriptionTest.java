package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.decide.Registry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Fails on purpose when the topology changes: names of nodes and stores are names of state and changelogs. If the change is
 * wanted, replace {@code src/test/resources/topology.txt} by what this test found; if a store was renamed or moved to
 * another sub-topology, enforcers must be stopped, the old changelog copied to the new name, and started again, or what was
 * used is forgotten: say so in CHANGELOG.md.
 */
class QuotaTopologyDescriptionTest {
    @Test
    void shouldStayAsItIs() throws IOException {
        // When
        String found = QuotaTopology.build(new Registry(), 4, TimeBounds.NONE)
                .describe()
                .toString();

        // Then
        try (InputStream golden = getClass().getResourceAsStream("/topology.txt")) {
            assertThat(golden).as("src/test/resources/topology.txt").isNotNull();
            assertThat(found.strip()).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }
}
