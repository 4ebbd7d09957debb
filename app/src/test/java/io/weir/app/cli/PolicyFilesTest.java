package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.engine.document.Problem;
import io.weir.engine.policy.InvalidPolicyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFilesTest {
    private static final String RULES = "rules: [{ name: r, key: [token], limits: [2 per minute] }]\n";

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void shouldReadTheOthersWhenOneIsWrong() throws IOException {
        // Given
        file("a.yaml", "policy: a\n" + RULES);
        Path broken = Files.write(folder.resolve("b.yaml"), new byte[] {'#', '\n', (byte) 0xFF, (byte) 0xFE});
        Path misspelt = file("c.yaml", "polcy: c\n" + RULES);
        file("d.yaml", "policy: d\n" + RULES);

        // When
        PolicyFiles.Reading reading = PolicyFiles.reading(List.of(folder));

        // Then
        assertThat(reading.valid()).extracting(file -> file.policy().domain()).containsExactly("a", "d");
        assertThat(reading.problems().get(0)).hasToString(broken + ":2:1: expected text in UTF-8, found byte FF");
        assertThat(reading.problems()).extracting(Problem::file).contains(misspelt.toString());
        assertThatThrownBy(() -> PolicyFiles.read(List.of(folder)))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining(broken + ":2:1")
                .hasMessageContaining(misspelt + ":1:1");
    }

    @Test
    void shouldRefuseASecondPolicyOfADomain() throws IOException {
        // Given
        Path first = file("a.yaml", "policy: a\n" + RULES);
        Path second = file("b.yaml", "policy: a\n" + RULES);

        // Then
        assertThat(PolicyFiles.reading(List.of(folder)).problems())
                .singleElement()
                .hasToString(
                        second + ":1:1: policy: expected each domain once, found a again, which " + first + " governs");
    }
}
