package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/robustness.md} names tests that exist, one at least in every row. */
class RobustnessDocTest {
    private static final Path PAGE = Path.of("../docs/robustness.md");

    @Test
    void shouldNameTestsThatExist() throws IOException {
        assertThat(NamedTests.named(PAGE)).isGreaterThan(60);
    }

    @Test
    void shouldNameATestInEveryRow() throws IOException {
        assertThat(Files.readString(PAGE).lines().filter(line -> line.startsWith("| ") && line.endsWith(" |")))
                .filteredOn(line -> !line.endsWith("| test |"))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("` |"));
    }
}
