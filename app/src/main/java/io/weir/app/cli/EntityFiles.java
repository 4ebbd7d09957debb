package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.json.BadLineException;
import io.weir.app.json.EntityReader;
import io.weir.engine.Entity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Entities as files of JSON lines. */
final class EntityFiles {
    private EntityFiles() {}

    /**
     * Reads a file, or standard input for {@code -}.
     *
     * @throws UserException when there is no such file, or telling every line that is no entity
     */
    static List<EntityChange> read(Path file) {
        List<EntityChange> changes = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        EntityReader reader = new EntityReader();
        try (BufferedReader lines = open(file)) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    read(reader, line, number, changes, problems);
                }
            }
        } catch (IOException unreadable) {
            throw UserException.failed(
                    file + ": expected a file of entities, found "
                            + (Files.exists(file) ? unreadable.toString() : "none"),
                    unreadable);
        }
        if (!problems.isEmpty()) {
            throw UserException.wrongUsage(
                    file + ": " + String.join("\nweir: " + file + ": ", problems) + "; nothing was changed");
        }
        return changes;
    }

    private static BufferedReader open(Path file) throws IOException {
        return file.toString().equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(file);
    }

    private static void read(
            EntityReader reader, String line, long number, List<EntityChange> changes, List<String> problems) {
        try {
            Entity entity = reader.read(line, number);
            changes.add(new EntityChange(entity.type(), entity.id(), entity.attributes(), entity.limits()));
        } catch (BadLineException bad) {
            problems.add(String.valueOf(bad.getMessage()));
        }
    }
}
