package io.weir.app.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.UserException;
import io.weir.engine.Request;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordingTest {
    private static final String REQUEST =
            "{\"requestId\":\"%s\",\"timestamp\":1,\"domain\":\"d\",\"method\":\"GET\",\"path\":\"/\"}\n";
    private static final String LOG =
            "203.0.113.7 - ada [12/May/2024:02:00:17 +0200] \"GET /a?b=c HTTP/1.1\" 200 5 \"-\" \"curl \\\"x\\\"\"\n";
    private static final String TABLE = "host\tlogname\ttime\tmethod\turl\tresponse\tbytes\n";

    @Test
    void shouldAnswerEachLineInOrderAndGoOnAfterBadOnes() {
        // When
        List<Line> lines = lines("\uFEFF\n" + REQUEST.formatted("1") + "\r\n  \nnonsense\r\n"
                + REQUEST.formatted("2").strip());

        // Then
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isInstanceOf(Line.Bad.class);
        assertThat(request(lines.get(1)).requestId()).isEqualTo("1");
        assertThat(lines.get(2)).isInstanceOfSatisfying(Line.Bad.class, bad -> {
            assertThat(bad.lineNumber()).isEqualTo(5);
            assertThat(bad.decision().status()).isEqualTo(400);
        });
        assertThat(request(lines.get(3)).requestId()).isEqualTo("2");
    }

    @Test
    void shouldReadGzipOfSeveralMembers() throws IOException {
        // Given
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        zipped.write(gzip(REQUEST.formatted("1")));
        zipped.write(gzip(REQUEST.formatted("2")));

        // When
        List<Line> lines = lines(new ByteArrayInputStream(zipped.toByteArray()), null);

        // Then
        assertThat(lines).extracting(line -> request(line).requestId()).containsExactly("1", "2");
    }

    @Test
    void shouldSayThatGzipIsTruncated() {
        byte[] zipped = gzip(REQUEST.repeat(50));
        assertThatThrownBy(() -> lines(new ByteArrayInputStream(Arrays.copyOf(zipped, zipped.length - 9)), null))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("test: expected readable data");
    }

    @Test
    void shouldReadAnAccessLog() {
        // When
        List<Line> lines = lines(in("- broken\n" + LOG), "OnboardingHub");

        // Then
        assertThat(lines.get(0))
                .isInstanceOfSatisfying(
                        Line.Bad.class, bad -> assertThat(bad.requestId()).isEqualTo("1"));
        assertThat(request(lines.get(1)))
                .isEqualTo(new Request(
                        "2",
                        1_715_472_017_000L,
                        "onboardinghub",
                        "GET",
                        "/a?b=c",
                        "203.0.113.7",
                        "203.0.113.7",
                        null,
                        "203.0.113.7",
                        "203.0.113.7",
                        "ada",
                        1,
                        Map.of(),
                        false,
                        0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, quoteCharacter = '\'', textBlock = """
            ENTRY                                                            | METHOD  | PATH
            ::1 - - [01/Jan/1970:00:00:00 +0000] "GET / HTTP/2.0" 200 5      | GET     | /
            h - - [01/Jan/1970:00:00:00 +0000] "GET /x" 200 5                | GET     | /x
            h - - [01/Jan/1970:00:00:00 +0000] "GET /x y HTTP/1.0" 404 -     | GET     | /x y
            h - - [01/Jan/1970:00:00:00 +0000] "GET /"quoted" HTTP/1.0" 404  | GET     | /"quoted"
            h - - [01/Jan/1970:00:00:00 +0000] "GET http://h/p HTTP/1.1" 200 | GET     | http://h/p
            h - a b [01/Jan/1970:00:00:00 +0000] "OPTIONS * HTTP/1.1" 200 5  | OPTIONS | *
            """)
    void shouldReadWhatServersLog(String entry, String method, String path) {
        Request request = request(lines(in(entry), "d").get(0));
        assertThat(request.method()).isEqualTo(method);
        assertThat(request.path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h - - [01/Jan/1970:00:00:00 +0000] \"-\" 400 0",
                "h - - [01/Jan/1970:00:00:00 +0000] \"\" 400 0",
                "h - - [01/Jan/1970:00:00:00 +0000] \"\\x16\\x03\\x01 \\x00\" 400 0",
                "h - - [31/Feb/2024:00:00:00 +0000] \"GET / HTTP/1.1\" 200 5",
                "h - - [01/Jan/2024:24:00:00 +0000] \"GET / HTTP/1.1\" 200 5",
                "h - - [01/Jan/2024 00:00:00] \"GET / HTTP/1.1\" 200 5",
                "h - - [01/Jan/2024:00:00:00 +0000] \"GET /cut",
                "h",
            })
    void shouldNameTheLineThatIsNoEntry(String entry) {
        assertThat(lines(in(LOG + entry), "d").get(1))
                .isInstanceOfSatisfying(
                        Line.Bad.class,
                        bad -> assertThat(bad.message()).startsWith("line 2: expected client ident user"));
    }

    @Test
    void shouldReadATable() {
        // When
        List<Line> lines = lines(
                in(TABLE + "h.example\t-\t807256800\tGET\t/x\t200\t1\nh\t-\tnoon\tGET\t/\t1\t1\nh\t-\n"), "nexudus");

        // Then
        Request request = request(lines.get(0));
        assertThat(request.timestamp()).isEqualTo(807_256_800_000L);
        assertThat(request.token()).isEqualTo("h.example");
        assertThat(request.requestId()).isEqualTo("2");
        assertThat(lines.get(1)).isEqualTo(new Line.Bad(3, "line 3: time: expected epoch seconds, found noon", "3"));
        assertThat(lines.get(2)).isEqualTo(new Line.Bad(4, "line 4: expected 7 columns, found 2", "4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {LOG, TABLE})
    void shouldAskForTheDomainOfALog(String text) {
        assertThatThrownBy(() -> lines(text))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContaining("--domain");
    }

    @Test
    void shouldCutALineWithoutEndAndGoOn() {
        // Given
        String line = "{\"requestId\":\"" + "x".repeat(3 * LineSource.MAX_LINE);

        // When
        List<Line> lines = lines(line + "\n" + REQUEST.formatted("2") + line);

        // Then
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).isEqualTo(new Line.Bad(1, "line 1: expected at most 1048576 bytes, found more", null));
        assertThat(request(lines.get(1)).requestId()).isEqualTo("2");
    }

    @Test
    void shouldReadLinesLongerThanABlock() {
        // Given
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            String unknown = "{\"unknown\":\"" + "x".repeat(i * 20_000) + "\",";
            text.append(unknown).append(REQUEST.formatted(i).substring(1));
        }

        // When
        List<Line> lines = lines(text.toString());

        // Then
        assertThat(lines).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(request(lines.get(i)).requestId()).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void shouldSayThatThereIsNoFile() {
        assertThatThrownBy(() -> Recording.open(Path.of("no/such/file"), null))
                .hasMessage(Path.of("no/such/file") + ": expected a file, found none");
    }

    private static Request request(@Nullable Line line) {
        assertThat(line).isInstanceOf(Line.Good.class);
        return ((Line.Good) line).request();
    }

    private static List<Line> lines(String text) {
        return lines(in(text), null);
    }

    private static List<Line> lines(InputStream in, @Nullable String domain) {
        List<Line> lines = new ArrayList<>();
        try (Recording recording = Recording.of(in, "test", domain)) {
            for (Line line = recording.next(); line != null; line = recording.next()) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }
}
