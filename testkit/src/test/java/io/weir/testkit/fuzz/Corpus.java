package io.weir.testkit.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The corpora under {@code src/test/resources/fuzz}: what is known to be good, odd, or to have broken something once. */
final class Corpus {
    private static final Path FOLDER = Path.of("src/test/resources/fuzz");

    private Corpus() {}

    /** Every line of a file. */
    static List<String> lines(String name) {
        try {
            return Files.readAllLines(FOLDER.resolve(name));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Records in hexadecimal, one a line after its name and a space. */
    static List<byte[]> records(String name) {
        return lines(name).stream()
                .map(line -> HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1)))
                .toList();
    }

    /** The files of some folders. */
    static List<String> files(Path... folders) {
        return Stream.of(folders).flatMap(Corpus::texts).toList();
    }

    static Path folder(String name) {
        return FOLDER.resolve(name);
    }

    private static Stream<String> texts(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(Corpus::text).toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
