package io.weir.app.input;

import io.weir.app.UserException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a file as they are, one at a time in constant memory, blank ones left out. Not for several threads. */
public final class RawLines implements Closeable {
    private final String name;
    private final LineSource lines;

    private RawLines(String name, LineSource lines) {
        this.name = name;
        this.lines = lines;
    }

    /**
     * Opens a file, gzip or not, or standard input for {@code -}.
     *
     * @throws UserException when it cannot be read
     */
    public static RawLines open(Path file) {
        try {
            return new RawLines(Inputs.name(file), new LineSource(Inputs.unzipped(Inputs.open(file))));
        } catch (IOException e) {
            throw Inputs.broken(Inputs.name(file), e);
        }
    }

    /**
     * The next line, of which more than 1 MiB is cut off; null at the end.
     *
     * @throws UserException when reading fails
     */
    public byte @Nullable [] next() {
        try {
            return lines.next()
                    ? Arrays.copyOfRange(lines.buffer(), lines.offset(), lines.offset() + lines.length())
                    : null;
        } catch (IOException e) {
            throw Inputs.broken(name, e);
        }
    }

    /** That of the last line returned, from 1. */
    public long lineNumber() {
        return lines.lineNumber();
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
