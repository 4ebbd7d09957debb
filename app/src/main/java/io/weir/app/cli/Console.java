package io.weir.app.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Standard output, buffered, in UTF-8. */
final class Console {
    private Console() {}

    /** Standard output for many lines: flushes when asked or full. */
    static OutputStream bytes() {
        return new FileOutputStream(FileDescriptor.out);
    }

    /** Standard output for what people read as it comes. */
    static PrintStream lines() {
        return new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    }

    /** Whether a person is looking, as the launcher says: Java itself tells it differently from version to version. */
    static boolean isTerminal() {
        String term = System.getenv("TERM");
        return Boolean.getBoolean("weir.terminal") && term != null && !term.equals("dumb");
    }

    /** Whether the reader of our output has gone, as {@code | head} does: no failure of ours. */
    static boolean brokenPipe(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (cause instanceof IOException && message != null && message.contains("Broken pipe")) {
                return true;
            }
        }
        return false;
    }
}
