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
    void shouldNameATestInEveryRowThatIsToHaveOne() throws IOException {
        boolean tested = false;
        int rows = 0;
        for (String line : Files.readAllLines(PAGE)) {
            if (!line.startsWith("|")) {
                tested = false;
            } else if (line.endsWith("| test |")) {
                tested = true;
            } else if (tested && !line.startsWith("|---")) {
                assertThat(line).endsWith("` |");
                rows++;
            }
        }
        assertThat(rows).isGreaterThan(50);
    }
}
