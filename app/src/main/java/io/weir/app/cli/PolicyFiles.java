package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Policies as files. */
final class PolicyFiles {
    private PolicyFiles() {}

    /** A policy and the file it stands in. */
    record PolicyFile(Path file, String yaml, Policy policy) {}

    /**
     * Reads the file, or every {@code .yaml} and {@code .yml} of the folder, in order of their names.
     *
     * @throws io.weir.engine.policy.InvalidPolicyException for the first file that is not a valid policy
     * @throws UserException when there is no such file
     */
    static List<PolicyFile> read(List<Path> filesOrFolders) {
        List<PolicyFile> read = new ArrayList<>();
        for (Path file : files(filesOrFolders)) {
            String yaml = text(file);
            read.add(new PolicyFile(file, yaml, PolicyReader.read(file.toString(), yaml)));
        }
        return read;
    }

    static List<Path> files(List<Path> filesOrFolders) {
        List<Path> files = new ArrayList<>();
        for (Path each : filesOrFolders) {
            if (!Files.isDirectory(each)) {
                files.add(each);
                continue;
            }
            try (Stream<Path> inside = Files.list(each)) {
                files.addAll(inside.filter(PolicyFiles::isYaml).sorted().toList());
            } catch (IOException unreadable) {
                throw UserException.failed(each + ": expected a readable folder, found " + unreadable, unreadable);
            }
        }
        return files;
    }

    private static boolean isYaml(Path file) {
        String name = file.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException notText) {
            throw UserException.failed(file + ": expected text in UTF-8, found other bytes", notText);
        } catch (IOException unreadable) {
            String found = Files.exists(file) ? unreadable.toString() : "none";
            throw UserException.failed(file + ": expected a policy file, found " + found, unreadable);
        }
    }
}
