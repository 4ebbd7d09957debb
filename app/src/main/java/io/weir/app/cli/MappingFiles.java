package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.ingest.InvalidMappingException;
import io.weir.app.ingest.Mapping;
import io.weir.app.ingest.MappingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Mappings as files, and by the names of those that are shipped. */
final class MappingFiles {
    private static final String EXTENSION = ".yaml";

    private MappingFiles() {}

    /**
     * Reads a mapping.
     *
     * @param named a file, or the name of a shipped mapping such as {@code kong}
     * @throws InvalidMappingException telling all that is wrong with it
     * @throws UserException when there is none
     */
    static Mapping read(Path named) {
        Path shipped = Shipped.folder("mappings").resolve(named + EXTENSION);
        boolean aName = named.getNameCount() == 1 && !Files.exists(named);
        Path file = aName && Files.exists(shipped) ? shipped : named;
        try {
            return MappingReader.read(file.toString(), Files.readString(file));
        } catch (IOException unreadable) {
            String found = Files.exists(file) ? unreadable.toString() : "none";
            throw UserException.wrongUsage(
                    named + ": expected a mapping file, or one of " + String.join(", ", names()) + "; found " + found);
        }
    }

    /** Of those that are shipped. */
    static List<String> names() {
        try (Stream<Path> files = Files.list(Shipped.folder("mappings"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(EXTENSION))
                    .map(name -> name.substring(0, name.length() - EXTENSION.length()))
                    .sorted()
                    .toList();
        } catch (IOException notThere) {
            return List.of();
        }
    }
}
