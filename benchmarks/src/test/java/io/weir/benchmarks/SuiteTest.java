package io.weir.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.benchmarks.report.Report;
import io.weir.benchmarks.report.Row;
import io.weir.benchmarks.report.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteTest {
    private static final Part FAILS = new Part("broken", "a part that fails", (size, report) -> {
        throw new IllegalStateException("no such broker");
    });
    private static final Part MEASURES = new Part(
            "sound",
            "a part that measures",
            (size, report) -> report.add(new Row("a.b", "Section", "some thing", "us", List.of(3.0, 1.0, 2.0))));

    @TempDir
    private Path folder = Path.of("");

    @Test
    void shouldTellWhatFailedAndGoOn() throws Exception {
        // When
        Report report = Suite.run(Size.TINY, List.of(FAILS, MEASURES), folder, "report");

        // Then
        assertThat(report.gaps()).containsKey("broken");
        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("missing: broken", "no such broker", "| some thing | 2.00 | 1.00 | 3.00 | us | 3 |");
    }

    @Test
    void shouldReadWhatItWrote() throws Exception {
        // Given
        Suite.run(Size.FULL, List.of(MEASURES), folder, "report");

        // When
        Report read = Report.read(folder.resolve("report.json"));

        // Then
        assertThat(read.median("a.b")).hasValue(2);
    }

    @Test
    void shouldNameThePartsWhenAskedForAnother() {
        assertThatThrownBy(() -> Suite.run(Size.TINY, List.of("nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topology")
                .hasMessageContaining("found 'nothing'");
    }
}
