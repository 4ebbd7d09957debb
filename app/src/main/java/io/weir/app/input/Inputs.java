package io.weir.app.input;

import io.weir.app.UserException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Files and standard input, gzip or not. */
final class Inputs {
    private static final Path STANDARD_INPUT = Path.of("-");

    private Inputs() {}

    /** How messages call it. */
    static String name(Path file) {
        return file.equals(STANDARD_INPUT) ? "standard input" : file.toString();
    }

    /**
     * Opens a file, or standard input for {@code -}.
     *
     * @throws UserException when it cannot be read
     */
    static InputStream open(Path file) {
        if (file.equals(STANDARD_INPUT)) {
            return System.in;
        }
        if (Files.isDirectory(file)) {
            throw UserException.failed(file + ": expected a file, found a folder");
        }
        try {
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw UserException.failed(file + ": expected a file, found none", e);
        } catch (AccessDeniedException e) {
            throw UserException.failed(file + ": expected a readable file, found one without read permission", e);
        } catch (IOException e) {
            throw UserException.failed(file + ": " + e.getMessage(), e);
        }
    }

    /** What is inside, if it is gzip; else the same. */
    static InputStream unzipped(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
        buffered.mark(2);
        boolean zipped = buffered.read() == 0x1f && buffered.read() == 0x8b;
        buffered.reset();
        return zipped ? new GZIPInputStream(buffered, 1 << 16) : buffered;
    }

    /** Reading failed in the middle. */
    static UserException broken(String name, IOException e) {
        return UserException.failed(name + ": expected readable data, found: " + e.getMessage(), e);
    }
}
