package io.weir.app.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.json.BadLineException;
import io.weir.app.json.EntityReader;
import io.weir.app.json.RequestReader;
import io.weir.engine.Request;
import io.weir.testkit.Fuzz;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mutated requests, entities and logs: each line is a request or a bad line that says why, and reading goes on. */
class InputFuzzTest {
    private static final Path CORPUS = Path.of("src/test/resources/fuzz");

    private static List<String> lines(String name) throws IOException {
        return Files.readAllLines(CORPUS.resolve(name));
    }

    @Test
    void shouldReadARequestOrSayWhatTheLineIsNot() throws IOException {
        RequestReader reader = new RequestReader();
        Fuzz.ofTexts("request line", lines("requests.jsonl"))
                .words("{", "}", "[", "]", "\"", ":", ",", "\\u", "null", "true", "-", "1e9", "{\"a\":")
                .words("\"attributes\":{")
                .allocating(1 << 20, 60)
                .run(20_000, bytes -> {
                    try {
                        Request request = reader.read(bytes, 0, bytes.length, 7);
                        assertThat(request.timestamp()).isNotNegative();
                    } catch (BadLineException bad) {
                        assertThat(bad).hasMessageStartingWith("line 7: ");
                        assertThat(bad.getMessage()).hasSizeLessThan(1_000);
                    }
                });
    }

    @Test
    void shouldReadAnEntityOrSayWhatTheLineIsNot() throws IOException {
        EntityReader reader = new EntityReader();
        Fuzz.ofTexts("entity line", lines("entities.jsonl"))
                .words("{", "}", "[", "]", "\"", ":", ",", "null", "true", "-", "1e9", "\"limits\":{")
                .allocating(1 << 20, 60)
                .run(20_000, bytes -> {
                    try {
                        assertThat(reader.read(bytes, 0, bytes.length, 7).id()).isNotEmpty();
                    } catch (BadLineException bad) {
                        assertThat(bad).hasMessageStartingWith("line 7: ");
                        assertThat(bad.getMessage()).hasSizeLessThan(1_000);
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"access.log", "table.tsv", "requests.jsonl"})
    void shouldReadEveryLineOfALogOrSayWhatItIsNot(String name) throws IOException {
        byte[] log = Files.readAllBytes(CORPUS.resolve(name));
        Fuzz.of(name, List.of(log))
                .words(" [", "] \"", "\"", "\t", "\n", "\r\n", "12/May/2024:00:00:17 +0000", "GET / HTTP/1.1", "\u0000")
                .allocating(4 << 20, 2_000)
                .run(5_000, bytes -> {
                    long number = 0;
                    try (Recording recording = Recording.of(new ByteArrayInputStream(bytes), "log", "example")) {
                        for (Line line = recording.next(); line != null; line = recording.next()) {
                            if (line instanceof Line.Bad bad) {
                                assertThat(bad.lineNumber()).isGreaterThan(number);
                                assertThat(bad.message()).isNotBlank().hasSizeLessThan(1_000);
                                number = bad.lineNumber();
                            }
                        }
                    }
                });
    }

    /** A line of a megabyte is read whole, a longer one is told of, and neither takes the memory of many. */
    @Test
    void shouldReadLinesOfAMegabyte() {
        String line = "{\"timestamp\":1,\"domain\":\"d\",\"method\":\"GET\",\"path\":\"/\",\"x\":\""
                + "y".repeat(LineSource.MAX_LINE - 100) + "\"}\n";
        String tooLong = "z".repeat(3 * LineSource.MAX_LINE) + "\n";
        Fuzz.ofTexts("long lines", List.of((line + tooLong).repeat(3)))
                .allocating(64 << 20, 2)
                .run(0, bytes -> assertThat(goodLines(bytes, 3)).isEqualTo(3));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            file,           good, bad
            access.log,     3,    3
            table.tsv,      1,    3
            requests.jsonl, 3,    6
            """, useHeadersInDisplayName = true)
    void shouldReadTheCorpusAsItIs(String file, int good, int bad) throws IOException {
        assertThat(goodLines(Files.readAllBytes(CORPUS.resolve(file)), bad)).isEqualTo(good);
    }

    private static int goodLines(byte[] log, int expectedBad) {
        int good = 0;
        int bad = 0;
        try (Recording recording = Recording.of(new ByteArrayInputStream(log), "log", "example")) {
            for (Line line = recording.next(); line != null; line = recording.next()) {
                good += line instanceof Line.Good ? 1 : 0;
                bad += line instanceof Line.Bad ? 1 : 0;
            }
        }
        assertThat(bad).isEqualTo(expectedBad);
        return good;
    }
}
