package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, with a Maven and a Java that only leave the files that real ones would. */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
    private static final String ARCHIVING = "archiving classes";

    @TempDir
    private Path home = Path.of("");

    @BeforeEach
    void install() throws IOException {
        Files.createDirectories(home.resolve("app/target"));
        Files.createDirectories(home.resolve("engine/src/main"));
        Files.createDirectory(home.resolve("bin"));
        Files.copy(Path.of("..", "weir"), home.resolve("weir"));
        // The program's own jar is left as it was when only that of another module changed.
        script("bin/mvn", "[ -f app/target/weir.jar ] || touch app/target/weir.jar");
        script("bin/java", """
                case "$*" in
                  *-version*) exit 1 ;;
                  *ArchiveClassesAtExit*) echo archive > "${1#*=}" ;;
                  *) echo "java $*" ;;
                esac
                """);
    }

    private void script(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void shouldArchiveClassesOnce() throws Exception {
        assertThat(weir("run")).contains(ARCHIVING, "-XX:SharedArchiveFile=");
        assertThat(weir("run")).doesNotContain(ARCHIVING).contains("-XX:SharedArchiveFile=");
    }

    @Test
    void shouldArchiveClassesAgainWhenOnlyAnotherModuleWasBuiltAgain() throws Exception {
        // Given
        weir("run");
        changed("app/target/weir.jar", 70);
        changed("app/target/weir.built", 60);
        changed("app/target/weir.jsa", 50);

        // When
        Files.writeString(home.resolve("engine/src/main/Engine.java"), "");

        // Then
        assertThat(weir("run")).contains("building", ARCHIVING);
    }

    @Test
    void shouldNotArchiveClassesForACommandThatIsOverSoon() throws Exception {
        assertThat(weir("policy", "check")).doesNotContain(ARCHIVING).contains("TieredStopAtLevel=1");
    }

    private void changed(String name, int secondsAgo) throws IOException {
        Files.setLastModifiedTime(
                home.resolve(name), FileTime.from(Instant.now().minusSeconds(secondsAgo)));
    }

    private String weir(String... arguments) throws Exception {
        ProcessBuilder process = new ProcessBuilder("bash", home.resolve("weir").toString());
        process.command().addAll(List.of(arguments));
        process.environment().remove("JAVA_HOME");
        process.environment().merge("PATH", home.resolve("bin") + ":", (path, first) -> first + path);
        Process started = process.redirectErrorStream(true).start();
        String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(started.waitFor()).as(said).isZero();
        return said;
    }
}
