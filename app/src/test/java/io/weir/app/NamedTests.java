package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tests that a page of the documentation names, as {@code `ClassTest#shouldDoIt`} or {@code `ClassTest`}. */
public final class NamedTests {
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))(?:#(\\w+))?`");

    private NamedTests() {}

    /** Fails on a page that names a test which there is not, and returns how many it names. */
    public static int named(Path page) throws IOException {
        Map<String, String> sources = sources();
        int named = 0;
        for (MatchResult each : TEST.matcher(Files.readString(page)).results().toList()) {
            assertThat(sources).as("%s of %s", each.group(), page).containsKey(each.group(1));
            if (each.group(2) != null) {
                assertThat(sources.get(each.group(1)))
                        .as("%s of %s", each.group(), page)
                        .contains("\n    void " + each.group(2) + "(");
            }
            named++;
        }
        return named;
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            for (Path tests : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(tests)) {
                    for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                            .toList()) {
                        sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                    }
                }
            }
        }
        return sources;
    }
}
