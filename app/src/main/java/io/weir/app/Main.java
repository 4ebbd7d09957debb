package io.weir.app;

import io.weir.app.cli.CommandLineInterface;

/** The program's entry. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int exitCode = CommandLineInterface.run(args);
        // Kafka's threads must not keep a finished program alive.
        System.exit(exitCode);
    }
}
