package io.weir.app.input;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The lines of a stream of bytes, one at a time in one buffer that is reused, with blank lines left out. Memory is
 * bounded: of a line longer than {@link #MAX_LINE} bytes only the beginning is kept.
 */
final class LineSource implements Closeable {
    /** Bytes of the longest line that is read whole: 1 MiB. */
    static final int MAX_LINE = 1 << 20;

    private static final int BLOCK = 1 << 16;

    private final InputStream in;
    private byte[] buffer = new byte[BLOCK];
    private int position;
    private int end;
    private boolean ended;

    private int lineStart;
    private int lineLength;
    private boolean tooLong;
    private long lineNumber;

    LineSource(InputStream in) {
        this.in = in;
    }

    /** Moves to the next line that is not blank; false at the end. */
    boolean next() throws IOException {
        while (scanLine()) {
            lineNumber++;
            if (tooLong || !blank()) {
                return true;
            }
        }
        return false;
    }

    /** Up to {@code limit} bytes from the current position on, read ahead without consuming them. */
    String peek(int limit) throws IOException {
        int wanted = Math.min(limit, BLOCK);
        while (end - position < wanted && !ended && !(end > position && in.available() == 0 && hasLineEnd())) {
            fill();
        }
        return new String(buffer, position, Math.min(wanted, end - position), StandardCharsets.UTF_8);
    }

    byte[] buffer() {
        return buffer;
    }

    int offset() {
        return lineStart;
    }

    int length() {
        return lineLength;
    }

    /** Whether the current line was cut because it is longer than {@link #MAX_LINE}. */
    boolean tooLong() {
        return tooLong;
    }

    /** Counted from 1, blank lines included. */
    long lineNumber() {
        return lineNumber;
    }

    String text() {
        return new String(buffer, lineStart, lineLength, StandardCharsets.UTF_8);
    }

    private boolean scanLine() throws IOException {
        tooLong = false;
        int scanned = position;
        while (true) {
            for (int i = scanned; i < end; i++) {
                if (buffer[i] == '\n') {
                    line(position, i);
                    position = i + 1;
                    return true;
                }
            }
            scanned = end;
            if (ended) {
                boolean rest = end > position;
                line(position, end);
                position = end;
                return rest;
            }
            if (end - position > MAX_LINE) {
                skipRest();
                return true;
            }
            int moved = position;
            fill();
            scanned -= moved - position;
        }
    }

    private void skipRest() throws IOException {
        line(position, position + MAX_LINE);
        tooLong = true;
        // The cut line stays where it is at the front of the buffer; what follows it is read behind it and dropped.
        int keep = lineStart + lineLength;
        while (true) {
            int read = in.read(buffer, keep, buffer.length - keep);
            if (read < 0) {
                ended = true;
                position = keep;
                end = keep;
                return;
            }
            for (int i = keep; i < keep + read; i++) {
                if (buffer[i] == '\n') {
                    position = i + 1;
                    end = keep + read;
                    return;
                }
            }
        }
    }

    private void line(int from, int to) {
        lineStart = from;
        lineLength = to > from && buffer[to - 1] == '\r' ? to - from - 1 : to - from;
    }

    private void fill() throws IOException {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, end - position);
            end -= position;
            position = 0;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(buffer.length * 2, MAX_LINE + BLOCK));
        }
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            ended = true;
        } else {
            end += read;
        }
    }

    private boolean hasLineEnd() {
        for (int i = position; i < end; i++) {
            if (buffer[i] == '\n') {
                return true;
            }
        }
        return false;
    }

    private boolean blank() {
        for (int i = lineStart; i < lineStart + lineLength; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
