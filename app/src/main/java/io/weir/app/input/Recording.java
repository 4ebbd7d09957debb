package io.weir.app.input;

import io.weir.app.UserException;
import io.weir.app.json.BadLineException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Recorded requests, read one at a time in constant memory.
 *
 * <p>What a recording holds is told from its first bytes, gzip or not: request events as JSON lines; an access log in
 * common or combined format; or tab-separated columns with a header that names host, time (epoch seconds), method and
 * url. Not for several threads.
 */
public final class Recording implements Closeable {
    private static final int PEEKED = 1 << 14;

    private final String name;
    private final LineSource lines;
    private final LineFormat format;

    private Recording(String name, LineSource lines, LineFormat format) {
        this.name = name;
        this.lines = lines;
        this.format = format;
    }

    /**
     * Opens a file, or standard input for {@code -}.
     *
     * @param domain the domain of a log's requests; JSON lines name their own
     * @throws UserException when the file cannot be read, or is a log and no domain is given
     */
    public static Recording open(Path file, @Nullable String domain) {
        return of(Inputs.open(file), Inputs.name(file), domain);
    }

    /**
     * Reads a stream.
     *
     * @param name how messages call it
     * @throws UserException when it cannot be read, or is a log and no domain is given
     */
    public static Recording of(InputStream in, String name, @Nullable String domain) {
        try {
            LineSource lines = new LineSource(Inputs.unzipped(in));
            return new Recording(name, lines, format(lines, name, domain));
        } catch (IOException e) {
            throw Inputs.broken(name, e);
        }
    }

    /**
     * The next line, or null at the end.
     *
     * @throws UserException when reading fails (a truncated gzip file, a failing disk)
     */
    public @Nullable Line next() {
        try {
            while (lines.next()) {
                if (lines.tooLong()) {
                    return bad(new BadLineException(
                            lines.lineNumber(),
                            null,
                            "expected at most " + LineSource.MAX_LINE + " bytes, found more"));
                }
                try {
                    Line line = format.read(lines);
                    if (line != null) {
                        return line;
                    }
                } catch (BadLineException e) {
                    return bad(e);
                }
            }
            return null;
        } catch (IOException e) {
            throw Inputs.broken(name, e);
        }
    }

    private static Line bad(BadLineException e) {
        return new Line.Bad(e.lineNumber(), String.valueOf(e.getMessage()), e.requestId());
    }

    private static LineFormat format(LineSource lines, String name, @Nullable String domain) throws IOException {
        LineFormat found = null;
        for (String line : lines.peek(PEEKED).split("\n", -1)) {
            if (line.stripLeading().startsWith("{")) {
                return new JsonFormat();
            } else if (TableFormat.isHeader(line)) {
                found = new TableFormat(line.stripTrailing(), required(domain, name));
            } else if (AccessLogFormat.isEntry(line)) {
                found = new AccessLogFormat(required(domain, name));
            }
            if (found != null) {
                return found;
            }
        }
        return new JsonFormat();
    }

    private static String required(@Nullable String domain, String name) {
        if (domain == null) {
            throw UserException.wrongUsage(
                    name + " is an access log, whose lines name no domain: expected --domain, found none");
        }
        return domain.toLowerCase(Locale.ROOT);
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
