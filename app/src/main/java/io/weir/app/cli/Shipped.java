package io.weir.app.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders that come with the program: {@code policies}, {@code mappings}. */
final class Shipped {
    private Shipped() {}

    /** The folder here, else the one beside the program. */
    static Path folder(String name) {
        Path here = Path.of(name);
        if (Files.isDirectory(here)) {
            return here;
        }
        try {
            Path jar = Path.of(Shipped.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return jar.resolveSibling("../../" + name).normalize();
        } catch (URISyntaxException | IllegalArgumentException notAFile) {
            return here;
        }
    }
}
